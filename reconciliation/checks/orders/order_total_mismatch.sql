-- The copies of an order come to different net goods though no line says why (checks.md, *Orders*).
select
    concat('order:', target.system, ':', target.id) as subject,
    leg.flow as leg,
    target.record,
    source.record as other,
    null::uuid as return_record,
    target.group_key,
    target.group_key::text as shard,
    null::text as sku,
    source.net_goods - target.net_goods as amount,
    target.currency,
    greatest(source.changed_at, target.changed_at) as age_from,
    greatest(source.changed_at, target.changed_at) + leg.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ',
        target.id,
        ' comes to ',
        money(target.net_goods, target.currency),
        ' net in ',
        leg.target_name,
        ' but ',
        money(source.net_goods, source.currency), ' in ', leg.source_name
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'net goods',
            trim_scale(source.net_goods)::text,
            concat('order:', source.system, ':', source.id),
            trim_scale(target.net_goods)::text,
            concat('order:', target.system, ':', target.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from leg
inner join order_side as source_side on leg.flow = source_side.flow and source_side.side = 'source'
inner join order_side as target_side
    on leg.flow = target_side.flow and source_side.group_key = target_side.group_key and target_side.side = 'target'
inner join current_order as source on source_side.named_live = source.record
inner join current_order as target on target_side.named_live = target.record
where
    'total' = any(leg.compare)
    and source_side.live_copies = 1
    and target_side.live_copies = 1
    and source.currency = target.currency
    and abs(source.net_goods - target.net_goods) > leg.tolerance_amount
