-- What a look back found, a line a subject (checks.md, *One cause, one exception*): of its legs the greatest amount, of
-- some kinds the sum, and none across currencies.
select
    kind,
    subject,
    case
        when count(distinct currency) <> 1 then null
        else
            round(
                round(case when kind = any(%(summed)s) then sum(amount) else max(amount) end, 17),
                minor_units(max(currency))
            )
    end as amount,
    case when count(distinct currency) = 1 then max(currency) end as currency,
    (array_agg(title order by amount desc nulls last, leg asc))[1] as title
from looked_back
where state = 'raised' and kind = any(%(kinds)s)
group by kind, subject
order by kind, subject
