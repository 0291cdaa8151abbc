-- What is open now, by kind and currency: how many cases and what money.
select
    kind,
    currency,
    count(*) as cases,
    coalesce(sum(amount), 0) as amount
from exception_case
where
    closed_at is null
    and (%(kind)s::text is null or kind = %(kind)s)
    and (%(team)s::text is null or team = %(team)s)
    and (%(customer)s::text is null or customer = %(customer)s)
    and (%(flow)s::text is null or flow = %(flow)s)
group by kind, currency
order by amount desc, cases desc, kind asc
