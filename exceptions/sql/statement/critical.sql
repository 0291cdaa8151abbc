-- The open critical exceptions in a currency or none, each record that they speak of, and whether its newest word fell
-- into the period. Without a record where nothing is said of one now.
select
    known.id as case_id,
    spoken.record,
    ledger.record is not null as within
from exception_case as known
left join finding on known.kind = finding.kind and known.subject = finding.subject and finding.state = 'raised'
left join lateral (values (finding.record), (finding.other), (finding.return_record)) as spoken (record) on true
left join ledger
    on
        spoken.record = ledger.record
        and ledger.until is null
        and ledger.at >= %(since)s
        and ledger.at < %(until)s
where
    known.closed_at is null
    and known.severity = 'critical'
    and (known.currency = %(currency)s or known.currency is null)
