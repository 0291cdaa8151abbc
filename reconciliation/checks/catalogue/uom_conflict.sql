-- Two catalogues hold an active SKU in packs of different sizes (checks.md, *Catalogue*).
with listed as (
    select distinct on (ledger.system, sku.sku)
        ledger.system,
        sku.sku,
        ledger.id,
        ledger.changed_at,
        coalesce(product.pack_size, 1) as pack_size
    from ledger
    inner join product on ledger.content = product.content
    left join sku_alias on ledger.system = sku_alias.system and product.sku = sku_alias.raw_key
    cross join lateral (select coalesce(sku_alias.canonical, product.sku) as sku) as sku
    where
        ledger.type = 'product'
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and product.active is not false
    order by ledger.system asc, sku.sku asc, product.sku = sku.sku desc, ledger.id
)

select
    concat('product:', leg.target, ':', source.sku) as subject,
    leg.flow as leg,
    record_key('product', leg.target, target.id) as record,
    null::uuid as other,
    null::uuid as return_record,
    null::uuid as group_key,
    source.sku as shard,
    source.sku,
    null::numeric as amount,
    null::text as currency,
    greatest(source.changed_at, target.changed_at) as age_from,
    greatest(source.changed_at, target.changed_at) + leg.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        source.sku,
        ' holds ',
        trim_scale(target.pack_size),
        ' in ',
        leg.target_name,
        ' but ',
        trim_scale(source.pack_size),
        ' in ',
        leg.source_name
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'pack_size of ' || source.sku,
            trim_scale(source.pack_size)::text,
            concat('product:', leg.source, ':', source.id),
            trim_scale(target.pack_size)::text,
            concat('product:', leg.target, ':', target.id)
        )
    ) as evidence,
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'sku', listed.sku,
                        'pack_size', trim_scale(listed.pack_size)::text,
                        'why', system.key || ' is the authority for products'
                    )
                    order by system.key
                )
            from listed
            inner join system on listed.system = system.key
            where listed.sku = source.sku and 'product' = any(system.authority)
        ), '[]'
    ) as suggestions
from leg
inner join listed as source on leg.source = source.system
inner join listed as target on leg.target = target.system and source.sku = target.sku
where leg.record = 'product' and source.pack_size <> target.pack_size
