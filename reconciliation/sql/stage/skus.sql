-- What each sku in scope stands for: through the system's aliases to the product authority's sku and base SKU, and how
-- many base units it holds where a line does not say so itself.
insert into resolved_sku
with named as (
    select
        used_sku.system,
        used_sku.sku as raw_sku,
        coalesce(sku_alias.canonical, used_sku.sku) as sku
    from used_sku
    left join sku_alias on used_sku.system = sku_alias.system and used_sku.sku = sku_alias.raw_key
    where
        not exists (
            select from resolved_sku
            where resolved_sku.system = used_sku.system and resolved_sku.raw_sku = used_sku.sku
        )
),

product_now as (
    select distinct on (ledger.system, product.sku)
        ledger.system,
        product.sku,
        product.pack_size,
        product.base_sku,
        product.active
    from product
    inner join ledger on product.content = ledger.content
    where
        product.sku in (
            select named.raw_sku from named
            union all
            select named.sku from named
        )
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
    order by ledger.system, product.sku, product.active is false, ledger.id
),

official as (
    select distinct on (product_now.sku) product_now.*
    from product_now
    inner join system on product_now.system = system.key
    where 'product' = any(system.authority)
    order by product_now.sku, product_now.active is false, product_now.system
)

select
    named.system,
    named.raw_sku,
    named.sku,
    coalesce(official.base_sku, named.sku),
    coalesce(stated.pack_size, own.pack_size, official.pack_size, 1),
    coalesce(stated.pack_size, own.pack_size),
    official.pack_size
from named
left join product_now as own on named.system = own.system and named.raw_sku = own.sku
left join official on named.sku = official.sku
left join pack_size as stated on named.system = stated.system and named.raw_sku = stated.sku;
analyze resolved_sku;
