-- Every pack size above 1 that an order line of a system, or its catalogue, gives a base SKU.
insert into pack_of_sku
select distinct
    line.group_key,
    current_order.system,
    line.sku,
    pack.pack_size
from current_line as line
inner join current_order on line.record = current_order.record
inner join resolved_sku on current_order.system = resolved_sku.system and line.raw_sku = resolved_sku.raw_sku
cross join lateral (values (line.pack_size), (line.stated_pack), (resolved_sku.catalogue_pack)) as pack (pack_size)
where pack.pack_size > 1
union
select distinct
    line.group_key,
    ledger.system,
    line.sku,
    product.pack_size
from current_line as line
inner join current_order on line.record = current_order.record
inner join product on line.sku = product.base_sku
inner join ledger on product.content = ledger.content
where
    product.pack_size > 1
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s);
analyze pack_of_sku;
