-- The newest stock movements of the SKUs that share a base SKU, as they stand.
select
    ledger.record,
    ledger.system,
    ledger.id,
    ledger.at,
    moved.sku,
    moved.quantity,
    moved.pack_size,
    moved.condition,
    moved.location,
    moved.reason,
    member.group_key
from stock_movement as moved
inner join ledger on moved.content = ledger.content
left join member on ledger.record = member.record
where
    moved.sku = any(%(family)s)
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
order by ledger.at desc, ledger.id asc
limit %(rows)s
