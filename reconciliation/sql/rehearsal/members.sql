-- The groups as the change makes them: of what it affects as labelled, of all else as stored.
create temp view member as
select
    stored.record,
    stored.type,
    stored.group_key,
    stored.attached
from public.member as stored
where
    not exists (
        select from affected
        where affected.record = stored.record
    )
union all
select
    label.record,
    label.type,
    label.group_key,
    label.attached
from label
