-- Two catalogues hold an active SKU in packs of different sizes (checks.md, *Catalogue*).
with listed as (
    select distinct on (catalogue.system, catalogue.sku)
        catalogue.system,
        catalogue.sku,
        catalogue.id,
        catalogue.changed_at,
        coalesce(catalogue.pack_size, 1) as pack_size
    from catalogue
    where catalogue.active
    order by catalogue.system asc, catalogue.sku asc, catalogue.raw_sku = catalogue.sku desc, catalogue.id
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
