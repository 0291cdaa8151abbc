-- Every version of every product, or of those in scope.
insert into product_in_scope
select product.*
from product
where %(everything)s or product.sku in (select scope_sku.sku from scope_sku);
analyze product_in_scope;

-- What the product authority says of each sku.
insert into official_sku
select distinct on (product.sku)
    product.sku,
    coalesce(product.base_sku, product.sku),
    product.pack_size
from product_in_scope as product
inner join ledger on product.content = ledger.content
inner join system on ledger.system = system.key
where
    'product' = any(system.authority)
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
order by product.sku, product.active is false, ledger.system, ledger.id;
analyze official_sku;

-- Every product of every system, under the product authority's names.
insert into catalogue
select
    ledger.system,
    ledger.id,
    ledger.record,
    product.sku,
    named.sku,
    coalesce(official_sku.base_sku, named.sku),
    product.active is not false,
    product.pack_size,
    ledger.changed_at
from product_in_scope as product
inner join ledger on product.content = ledger.content
left join sku_alias on ledger.system = sku_alias.system and product.sku = sku_alias.raw_key
cross join lateral (select coalesce(sku_alias.canonical, product.sku) as sku) as named
left join official_sku on named.sku = official_sku.sku
where
    ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s);
analyze catalogue;
