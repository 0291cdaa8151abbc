-- Every pack size above 1 that the lines or the catalogue of either side give a base SKU of which both hold different
-- quantities. A product belongs to the base SKU that the product authority gives its sku, or that it states itself.
insert into pack_of_sku
with differing as (
    select distinct
        item.group_key,
        item.sku,
        side.system
    from leg
    inner join order_pair_item as item on leg.flow = item.flow
    cross join lateral (values (leg.source), (leg.target)) as side (system)
    where 'lines' = any(leg.compare) and abs(item.source_quantity - item.target_quantity) > leg.tolerance_quantity
)

select
    differing.group_key,
    differing.system,
    differing.sku,
    pack.pack_size
from differing
inner join current_order on differing.group_key = current_order.group_key and differing.system = current_order.system
inner join current_line as line on current_order.record = line.record and differing.sku = line.sku
inner join resolved_sku on current_order.system = resolved_sku.system and line.raw_sku = resolved_sku.raw_sku
cross join lateral (values (line.pack_size), (line.stated_pack), (resolved_sku.catalogue_pack)) as pack (pack_size)
where current_order.live and pack.pack_size > 1
union
select
    differing.group_key,
    differing.system,
    differing.sku,
    product.pack_size
from differing
cross join
    lateral (
        select differing.sku
        union
        select official.sku
        from product as official
        inner join ledger as told on official.content = told.content
        inner join system on told.system = system.key
        where
            official.base_sku = differing.sku
            and ('product' = any(system.authority) or told.system = differing.system)
            and told.at <= %(as_of)s
            and (told.until is null or told.until > %(as_of)s)
    ) as named
left join sku_alias on differing.system = sku_alias.system and named.sku = sku_alias.canonical
inner join product on product.sku = any(array[named.sku, sku_alias.raw_key])
inner join ledger on product.content = ledger.content and differing.system = ledger.system
where
    product.pack_size > 1
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s);
analyze pack_of_sku;
