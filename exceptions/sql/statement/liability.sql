-- What was received before the end of the period and not credited by then, at invoiced value, with its age in days.
select
    account.return_record as record,
    account.system,
    account.reference,
    account.customer,
    account.expected - coalesce(credited.amount, 0) as amount,
    account.received_at as at,
    extract(day from least(%(until)s, %(as_of)s) - account.received_at)::integer as age
from return_account as account
left join lateral (
    select sum(credit.amount) as amount
    from credit_account as credit
    where
        credit.return_record = account.return_record
        and credit.reason = 'return'
        and credit.currency = account.currency
        and credit.issued_at < least(%(until)s, %(as_of)s)
) as credited on true
where
    account.received_at < %(until)s
    and account.currency = %(currency)s
    and account.resolution in ('refund', 'credit')
    and account.expected > 0
    and account.expected - coalesce(credited.amount, 0) > account.tolerance
