-- Two systems hold different sellable quantities of a SKU, and the target has not spoken since (checks.md, *Stock*).
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
    source.changed_at as age_from,
    source.changed_at + leg.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        leg.target_name,
        ' still offers ',
        trim_scale(coalesce(target.quantity, 0)),
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
            coalesce(trim_scale(target.quantity)::text, 'none'),
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
left join stock_now as target on leg.target = target.system and source.sku = target.sku
where
    leg.record = 'stock'
    and abs(source.quantity - coalesce(target.quantity, 0)) > leg.tolerance_quantity
    and case
        when target.sku is null
            then exists (
                select from catalogue
                where catalogue.system = leg.target and catalogue.active and catalogue.base_sku = source.sku
            )
        else target.level_at < source.changed_at
    end
