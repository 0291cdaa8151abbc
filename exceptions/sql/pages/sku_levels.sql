-- The stock levels of the SKUs that share a base SKU, as each system told them, the largest first.
select
    ledger.record,
    ledger.system,
    ledger.at,
    level.sku,
    level.location,
    level.condition,
    level.quantity,
    coalesce(level.pack_size, named.pack_size) as pack_size
from stock_level as level
inner join ledger on level.content = ledger.content
cross join lateral resolve_sku(ledger.system, level.sku, %(as_of)s) as named
where
    level.sku = any(%(family)s)
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
order by level.quantity * coalesce(level.pack_size, named.pack_size) desc, ledger.record asc
limit %(rows)s
