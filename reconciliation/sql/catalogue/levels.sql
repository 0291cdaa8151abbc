-- Each system's sellable quantity of a base SKU over all locations, when it last said so and since when.
insert into stock_now
select
    ledger.system,
    coalesce(official_sku.base_sku, named.sku),
    sum(level.quantity * coalesce(level.pack_size, own.pack_size, official_sku.pack_size, 1)),
    max(ledger.at),
    max(ledger.changed_at)
from ledger
inner join stock_level as level on ledger.content = level.content
left join sku_alias on ledger.system = sku_alias.system and level.sku = sku_alias.raw_key
cross join lateral (select coalesce(sku_alias.canonical, level.sku) as sku) as named
left join official_sku on named.sku = official_sku.sku
left join lateral (
    select catalogue.pack_size
    from catalogue
    where catalogue.system = ledger.system and catalogue.raw_sku = level.sku
    order by not catalogue.active, catalogue.id
    limit 1
) as own on level.pack_size is null
where
    ledger.type = 'stock_level'
    and level.condition = 'sellable'
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
group by ledger.system, coalesce(official_sku.base_sku, named.sku);
analyze stock_now;
