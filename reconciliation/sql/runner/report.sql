-- What a look back found, a line a subject (checks.md, *One cause, one exception*).
select
    kind,
    subject,
    case when count(distinct coalesce(currency, '')) = 1 then max(amount) end as amount,
    case when count(distinct coalesce(currency, '')) = 1 then max(currency) end as currency,
    (array_agg(title order by amount desc nulls last, leg asc))[1] as title
from looked_back
where state = 'raised' and kind = any(%(kinds)s)
group by kind, subject
order by kind, subject
