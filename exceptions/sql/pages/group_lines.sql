-- The lines of contents that stand, in base SKUs and base quantities, summed by record and SKU; `net` after discounts.
with line as (
    select
        content,
        sku,
        pack_size,
        quantity,
        unit_price * quantity - coalesce(discount, 0) as net,
        null::numeric as received,
        null::numeric as accepted,
        null as reason,
        null as disposition
    from order_line
    where content = any(%(contents)s)
    union all
    select
        content,
        sku,
        pack_size,
        quantity,
        null,
        null,
        null,
        null,
        null
    from fulfilment_line
    where content = any(%(contents)s)
    union all
    select
        content,
        sku,
        pack_size,
        quantity,
        unit_refund * quantity,
        received_quantity,
        accepted_quantity,
        reason_code,
        disposition
    from return_line
    where content = any(%(contents)s)
    union all
    select
        content,
        sku,
        pack_size,
        quantity,
        unit_price * quantity,
        null,
        null,
        reason,
        null
    from credit_line
    where content = any(%(contents)s)
)

select
    ledger.record,
    named.base_sku as sku,
    string_agg(distinct line.sku, ', ' order by line.sku) filter (where line.sku <> named.base_sku) as said_as,
    sum(line.quantity * packed.size) as quantity,
    sum(line.net) as net,
    sum(line.received * packed.size) as received,
    sum(line.accepted * packed.size) as accepted,
    string_agg(distinct line.reason, ', ' order by line.reason) as raw_reasons,
    string_agg(
        distinct coalesce(word.canonical, line.reason), ', ' order by coalesce(word.canonical, line.reason)
    ) as reasons,
    string_agg(distinct line.disposition, ', ' order by line.disposition) as dispositions
from line
inner join ledger on line.content = ledger.content
cross join lateral resolve_sku(ledger.system, line.sku, %(as_of)s) as named
cross join lateral (select coalesce(line.pack_size, named.pack_size) as size) as packed
left join reason_code as word on ledger.system = word.system and btrim(line.reason) = word.raw_key
where
    ledger.record = any(%(records)s)
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
group by ledger.record, named.base_sku
order by named.base_sku
