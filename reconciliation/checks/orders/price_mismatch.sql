-- Both ends hold the same quantity of a SKU at different base prices (checks.md, *Orders*).
with priced as (
    -- what is the same of both is nothing to divide
    select
        order_pair_item.*,
        round(order_pair_item.source_net, 30) / nullif(order_pair_item.source_priced, 0) as source_price,
        round(order_pair_item.target_net, 30) / nullif(order_pair_item.target_priced, 0) as target_price
    from order_pair_item
    where
        order_pair_item.source_net is distinct from order_pair_item.target_net
        or order_pair_item.source_priced is distinct from order_pair_item.target_priced
)

select
    concat('order:', target.system, ':', target.id, '#', item.sku) as subject,
    leg.flow as leg,
    target.record,
    source.record as other,
    null::uuid as return_record,
    item.group_key,
    item.group_key::text as shard,
    item.sku,
    abs(item.source_price - item.target_price) * item.source_quantity as amount,
    item.currency,
    greatest(source_side.changed_at, target_side.changed_at) as age_from,
    greatest(source_side.changed_at, target_side.changed_at) + leg.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        item.sku, ' on order ', target.id, ' costs ', money(item.target_price, item.currency), ' a unit in ',
        leg.target_name, ' but ', money(item.source_price, item.currency), ' in ', leg.source_name
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'base price of ' || item.sku,
            trim_scale(round(item.source_price, 6))::text,
            concat('order:', source.system, ':', source.id),
            trim_scale(round(item.target_price, 6))::text,
            concat('order:', target.system, ':', target.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from leg
inner join priced as item on leg.flow = item.flow
inner join order_side as source_side
    on item.flow = source_side.flow and item.group_key = source_side.group_key and source_side.side = 'source'
inner join order_side as target_side
    on item.flow = target_side.flow and item.group_key = target_side.group_key and target_side.side = 'target'
inner join current_order as source on source_side.named_live = source.record
inner join current_order as target on target_side.named_live = target.record
where
    'price' = any(leg.compare)
    and abs(item.source_quantity - item.target_quantity) <= leg.tolerance_quantity
    and item.currency is not null
    and round(abs(item.source_price - item.target_price), 12) > leg.tolerance_amount
