-- More than 200 new cases of one kind and flow within ten minutes are one storm: the first of them is its head.
-- What the very first run finds is no storm.
with fresh as (
    select
        id,
        kind,
        flow,
        storm_id
    from exception_case
    where
        kind in (
            select to_place.kind from to_place
            where to_place.subject is not null
            group by to_place.kind
        )
        and updated_at > %(at)s - interval '10 minutes'
        and first_seen > %(as_of)s - interval '10 minutes'
        and occurrences = 1
    union all
    select
        id,
        kind,
        flow,
        null
    from to_place
    where subject is not null
),

together as (
    select
        id,
        storm_id,
        min(coalesce(storm_id, id)) over (partition by kind, flow) as head,
        count(*) over (partition by kind, flow) as together
    from fresh
)

insert into stormed
select
    id,
    head
from together
where
    together > 200
    and id <> head
    and storm_id is null
    and exists (
        select from run
        where run.advanced and run.finished_at is not null and run.id < %(run)s
    );
-- those that are opened now are marked as they are
update exception_case as known
set storm_id = stormed.head
from stormed
where known.id = stormed.id
