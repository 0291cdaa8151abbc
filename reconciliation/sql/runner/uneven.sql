-- The orders whose words for goods do not stand for the same everywhere, or that need a unit with them: words with an
-- alias, with a pack size of their own in the topology, or with another in some catalogue than in the product
-- authority's. Only their lines themselves can tell what they hold.
create temp table if not exists uneven_sku (sku text collate "C", unless_unit boolean) on commit delete rows;
truncate uneven_sku;
insert into uneven_sku
with product_now as (
    select
        product.sku,
        product.pack_size,
        product.active,
        ledger.system,
        ledger.id
    from product
    inner join ledger on product.content = ledger.content
    where
        ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
),

official as (
    select distinct on (product_now.sku)
        product_now.sku,
        product_now.pack_size
    from product_now
    inner join system on product_now.system = system.key
    where 'product' = any(system.authority)
    order by product_now.sku, product_now.active is false, product_now.system, product_now.id
)

select
    product_now.sku,
    false
from product_now
left join official on product_now.sku = official.sku
where product_now.pack_size <> coalesce(official.pack_size, 1)
union
select
    sku_alias.raw_key,
    false
from sku_alias
union
select
    pack_size.sku,
    false
from pack_size
union
select
    official.sku,
    true
from official
where official.pack_size > 1;
analyze uneven_sku;

-- Mostly there are few such words or none, and nobody need read all lines for them.
delete from uneven_content;
insert into uneven_content (content)
select distinct order_line.content
from uneven_sku
inner join order_line on uneven_sku.sku = order_line.sku
where not uneven_sku.unless_unit or order_line.uom is null
