-- Marks each record that a line of the batch may change, and each line that is refused under the first half of its
-- hash. The marks are row locks, taken in key order: a second intake that speaks of the same record waits here, and
-- then sees what the first has stored.
insert into touched (record, mark)
select
    incoming.record,
    1
from (
    select version.record
    from incoming_version as version
    where version.first
    union
    select version.record
    from incoming_version as version
    where
        not version.first
        and not exists (
            select from version as known
            where known.version = version.version
        )
    union
    select encode(substr(line.sha256, 1, 16), 'hex')::uuid
    from incoming_rejected_line as line
) as incoming
order by incoming.record
on conflict (record) do update set mark = touched.mark + 1
