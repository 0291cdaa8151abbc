-- Marks each record that a line of the batch may change. The marks are row locks, taken in key order: a second
-- intake that speaks of the same record waits here, and then sees what the first has stored.
insert into touched (record, mark)
select
    incoming.record,
    1
from incoming_version as incoming
where
    not exists (
        select from version
        where version.version = incoming.version
    )
group by incoming.record
order by incoming.record
on conflict (record) do update set mark = touched.mark + 1
