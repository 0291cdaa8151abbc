-- More than 200 new cases of one kind and flow within ten minutes are one storm: the first of them is its head.
-- What the very first run finds is no storm.
with fresh as (
    select
        known.id,
        known.kind,
        known.flow,
        min(coalesce(known.storm_id, known.id)) over (partition by known.kind, known.flow) as head,
        count(*) over (partition by known.kind, known.flow) as together
    from exception_case as known
    where
        known.kind in (
            select kind from moved
            where move = 'detect'
            group by kind
        )
        and known.updated_at > %(at)s - interval '10 minutes'
        and known.first_seen > %(as_of)s - interval '10 minutes'
        and known.occurrences = 1
)

insert into stormed
select
    fresh.id,
    fresh.head
from fresh
inner join exception_case as known on fresh.id = known.id
where
    fresh.together > 200
    and fresh.id <> fresh.head
    and known.storm_id is null
    and exists (
        select from run
        where run.advanced and run.finished_at is not null and run.id < %(run)s
    );
-- those that are placed now are marked with their terms
update exception_case as known
set storm_id = stormed.head
from stormed
where
    known.id = stormed.id
    and stormed.id not in (select to_place.id from to_place)
