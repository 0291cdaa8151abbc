-- The mirror: what was credited in the period, in one currency, and against what. A document of no return is taken
-- apart where some of its lines have another reason.
with adjusted as (
    select
        credit.credit_record,
        line.reason,
        sum(line.amount) as amount
    from credit_account as credit
    inner join credit_account_line as line on credit.credit_record = line.credit_record
    where
        credit.issued_at >= %(since)s
        and credit.issued_at < %(until)s
        and credit.currency = %(currency)s
        and credit.reason = 'return'
        and credit.return_record is null
        and line.reason <> 'return'
    group by credit.credit_record, line.reason
),

rest as (
    select
        credit_record,
        sum(amount) as amount
    from adjusted
    group by credit_record
)

select
    case
        when part.reason <> 'return' then 'other_reason'
        when opened.item is not null then 'opening'
        when back.return_record is null then 'without_return'
        when back.received_at is null then 'not_received'
        when back.received_at >= %(since)s and back.received_at < %(until)s then 'this_period'
        when back.received_at < %(since)s then 'earlier'
        else 'later'
    end as bucket,
    concat(credit.kind, ' · ', part.reason) as name,
    credit.credit_record as record,
    credit.system,
    credit.reference,
    credit.customer,
    part.amount,
    credit.issued_at as at,
    null::bigint as case_id,
    case when part.whole then credit.tax end as tax,
    credit.return_record
from credit_account as credit
left join return_account as back on credit.return_record = back.return_record
left join opening_use() as opened on credit.credit_record = opened.record
left join rest on credit.credit_record = rest.credit_record
cross join
    lateral (
        select
            credit.reason,
            credit.amount - coalesce(rest.amount, 0) as amount,
            true as whole
        where rest.amount is null or credit.amount <> rest.amount
        union all
        select
            adjusted.reason,
            adjusted.amount,
            row_number() over (order by adjusted.reason) = 1 and credit.amount = rest.amount
        from adjusted
        where adjusted.credit_record = credit.credit_record
    ) as part
where credit.issued_at >= %(since)s and credit.issued_at < %(until)s and credit.currency = %(currency)s
