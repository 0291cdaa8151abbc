-- Two systems hold different sellable quantities of a SKU, and the target spoke last (checks.md, *Stock*).
select
    concat('stock:', leg.target, ':', source.sku) as subject,
    leg.flow as leg,
    null::uuid as record,
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
        leg.target_name,
        ' offers ',
        trim_scale(target.quantity),
        ' × ',
        source.sku,
        ', ',
        leg.source_name,
        ' has ',
        trim_scale(source.quantity)
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'sellable quantity of ' || source.sku,
            trim_scale(source.quantity)::text,
            leg.source,
            trim_scale(target.quantity)::text,
            leg.target
        ),
        evidence(
            'as of', source.changed_at::text, leg.source, target.level_at::text, leg.target
        )
    ) as evidence,
    jsonb_build_array(
        jsonb_build_object('system', leg.target, 'sku', source.sku, 'quantity', trim_scale(source.quantity)::text)
    ) as suggestions
from leg
inner join stock_now as source on leg.source = source.system
inner join stock_now as target on leg.target = target.system and source.sku = target.sku
where
    leg.record = 'stock'
    and abs(source.quantity - target.quantity) > leg.tolerance_quantity
    and target.level_at >= source.changed_at
