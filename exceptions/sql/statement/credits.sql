-- The mirror: what was credited in the period, in one currency, and against what.
select
    case
        when credit.reason <> 'return' then 'other_reason'
        when opened.item is not null then 'opening'
        when back.return_record is null then 'without_return'
        when back.received_at is null then 'not_received'
        when back.received_at >= %(since)s and back.received_at < %(until)s then 'this_period'
        when back.received_at < %(since)s then 'earlier'
        else 'later'
    end as bucket,
    concat(credit.kind, ' · ', credit.reason) as name,
    credit.credit_record as record,
    credit.system,
    credit.reference,
    credit.customer,
    credit.amount,
    credit.issued_at as at,
    null::bigint as case_id,
    credit.tax,
    credit.return_record
from credit_account as credit
left join return_account as back on credit.return_record = back.return_record
left join opening_use() as opened on credit.credit_record = opened.record
where credit.issued_at >= %(since)s and credit.issued_at < %(until)s and credit.currency = %(currency)s
