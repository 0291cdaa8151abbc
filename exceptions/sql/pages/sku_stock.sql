-- Each system's levels of the SKUs that share a base SKU, in base units, summed by condition over all locations.
select
    ledger.system,
    level.condition,
    count(*) as levels,
    sum(level.quantity * coalesce(level.pack_size, named.pack_size)) as quantity,
    string_agg(distinct level.location, ', ' order by level.location) as locations,
    max(ledger.at) as at
from stock_level as level
inner join ledger on level.content = ledger.content
cross join lateral resolve_sku(ledger.system, level.sku, %(as_of)s) as named
where
    level.sku = any(%(family)s)
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
group by ledger.system, level.condition
order by level.condition, ledger.system
