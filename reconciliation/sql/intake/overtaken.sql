-- No record is new any more where another intake spoke of one of them since it was asked for. Their marks are held now
-- (touch.sql), so what holds here holds to the end of the transaction.
update incoming_version
set first = false
where
    first
    and exists (
        select from incoming_version as version
        cross join
            lateral (
                select from ledger
                where ledger.record = version.record
                limit 1
            ) as heard
        where version.first
    )
