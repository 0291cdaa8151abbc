-- What the catalogues say as of a moment of a SKU, of the base SKU it stands for, and of all that share that one.
with base as (
    select coalesce(
        (
            select official.base_sku
            from system
            cross join lateral resolve_sku(system.key, %(sku)s, %(as_of)s) as official
            where 'product' = any(system.authority)
            order by official.base_sku = %(sku)s, system.key
            limit 1
        ), %(sku)s
    ) as sku
),

family as (
    select base.sku
    from base
    union
    select %(sku)s
    union
    select product.sku
    from base
    inner join product on base.sku = product.base_sku
)

select
    base.sku as base,
    product.sku,
    ledger.record,
    ledger.system,
    product.title,
    product.active,
    product.uom,
    product.pack_size,
    product.base_sku,
    product.barcode
from base
cross join family
inner join product on family.sku = product.sku
inner join ledger on product.content = ledger.content
where ledger.at <= %(as_of)s and (ledger.until is null or ledger.until > %(as_of)s)
order by ledger.system, product.sku, ledger.id
limit 500
