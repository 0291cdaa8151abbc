-- Stock that two systems count differently, by how much; the evidence's first piece holds both quantities.
with told as (
    select
        id as "case",
        sku,
        title,
        evidence -> 0 ->> 'expected' as expected,
        evidence -> 0 ->> 'actual' as actual
    from exception_case
    where
        closed_at is null
        and kind in ('stock_drift', 'stale_stock')
        and (%(team)s::text is null or team = %(team)s)
)

select
    "case",
    sku,
    title,
    abs(expected::numeric - actual::numeric) as difference
from told
where expected ~ '^-?[0-9]+(\.[0-9]+)?$' and actual ~ '^-?[0-9]+(\.[0-9]+)?$'
order by difference desc, sku asc, "case" asc
limit 8
