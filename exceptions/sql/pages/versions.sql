-- The versions of a record, the newest first, from below a moment and hash on; each with its reign and its arrival.
select
    ledger.version,
    ledger.type,
    ledger.system,
    ledger.id,
    ledger.at,
    ledger.until,
    ledger.changed_at,
    ledger.arrived_at,
    encode(ledger.hash, 'hex') as hash,
    ledger.content is null as withdrawn,
    version.raw
from ledger
inner join version on ledger.version = version.version
where
    ledger.record = %(record)s
    and (ledger.at, ledger.hash) < (%(at)s, %(hash)s)
order by ledger.at desc, ledger.hash desc
limit %(rows)s
