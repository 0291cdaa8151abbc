-- How many of the new versions were older than what was known of their record when they came.
select count(*)
from fresh
where
    exists (
        select from ledger
        where ledger.record = fresh.record and (ledger.at, ledger.hash) > (fresh.at, fresh.hash)
    )
    or exists (
        select from fresh as earlier
        where
            earlier.record = fresh.record
            and earlier.ordinal < fresh.ordinal
            and (earlier.at, earlier.hash) > (fresh.at, fresh.hash)
    )
