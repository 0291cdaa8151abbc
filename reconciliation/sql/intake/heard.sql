-- About which of these records anything was said before; each is looked for, the ledger is never read as a whole.
select asked.record
from unnest(%(keys)s::uuid[]) as asked (record)
cross join lateral (
    select from ledger
    where ledger.record = asked.record
    limit 1
) as heard
