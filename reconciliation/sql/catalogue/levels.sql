-- Each system's sellable quantity of a base SKU over all locations, when it last said so and since when. A withdrawn
-- level holds nothing, but its withdrawal is a change.
insert into stock_now
with said as (
    select
        ledger.system,
        level.sku,
        level.quantity,
        level.pack_size,
        ledger.at,
        ledger.changed_at
    from ledger
    inner join stock_level as level on ledger.content = level.content
    where
        (%(everything)s or level.sku in (select scope_sku.sku from scope_sku))
        and level.condition = 'sellable'
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
    union all
    select
        ledger.system,
        once.sku,
        null,
        null,
        null,
        ledger.changed_at
    from ledger
    cross join
        lateral (
            select
                level.sku,
                level.condition
            from ledger as earlier
            inner join stock_level as level on earlier.content = level.content
            where earlier.record = ledger.record and earlier.until <= ledger.at
            order by earlier.at desc
            limit 1
        ) as once
    where
        ledger.type = 'stock_level'
        and ledger.content is null
        and (
            %(everything)s
            or ledger.record in (
                select level.record from stock_level as level
                inner join scope_sku on level.sku = scope_sku.sku
            )
        )
        and once.condition = 'sellable'
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
),

own as (
    select distinct on (system, raw_sku)
        system,
        raw_sku,
        pack_size
    from catalogue
    order by system asc, raw_sku asc, active desc, id asc
)

select
    said.system,
    coalesce(official_sku.base_sku, named.sku),
    sum(said.quantity * coalesce(said.pack_size, own.pack_size, official_sku.pack_size, 1)),
    max(said.at),
    max(said.changed_at)
from said
left join sku_alias on said.system = sku_alias.system and said.sku = sku_alias.raw_key
cross join lateral (select coalesce(sku_alias.canonical, said.sku) as sku) as named
left join official_sku on named.sku = official_sku.sku
left join own on said.system = own.system and said.sku = own.raw_sku
group by said.system, coalesce(official_sku.base_sku, named.sku)
having count(said.at) > 0;
analyze stock_now;
