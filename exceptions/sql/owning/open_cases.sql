-- Every open case that no person has placed, and where it stood before.
insert into to_place (id, since)
select
    id,
    first_seen
from exception_case
where state = any(%(open)s) and not placed_by_person;
create temp table if not exists stood (id bigint, team text collate "C", owner_id integer) on commit delete rows;
truncate stood;
insert into stood
select
    exception_case.id,
    exception_case.team,
    exception_case.owner_id
from exception_case
inner join to_place on exception_case.id = to_place.id
