-- How money or credit went back in the period: by the kind of the document, refunds also by whether the cash has moved.
select
    kind,
    case when kind = 'refund' then coalesce(settled, false) end as settled,
    count(*) as documents,
    coalesce(sum(amount), 0) as amount
from credit_account
where issued_at >= %(since)s and issued_at < %(until)s and currency = %(currency)s
group by 1, 2
order by 1, 2
