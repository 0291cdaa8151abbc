-- More went out of a SKU than the order holds (checks.md, *Orders*).
select
    concat('fulfilment:', latest.system, ':', latest.id, '#', bought.sku) as subject,
    '' as leg,
    latest.record,
    group_order.record as other,
    null::uuid as return_record,
    group_order.group_key,
    group_order.group_key::text as shard,
    bought.sku,
    (sent.quantity - bought.quantity) * bought.price as amount,
    group_order.currency,
    latest.shipped_at as age_from,
    latest.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        trim_scale(sent.quantity), ' × ', bought.sku, ' went out for order ', group_order.id, ', which holds ',
        trim_scale(bought.quantity)
    ) as title,
    array(
        select distinct sender.system
        from current_fulfilment as sender
        inner join current_item on sender.record = current_item.record
        where sender.group_key = group_order.group_key and sender.dispatched and current_item.sku = bought.sku
        order by sender.system
    ) as systems,
    jsonb_build_array(
        evidence(
            'quantity of ' || bought.sku,
            trim_scale(bought.quantity)::text,
            concat('order:', group_order.system, ':', group_order.id),
            trim_scale(sent.quantity)::text,
            concat('fulfilment:', latest.system, ':', latest.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from group_order
inner join current_item as bought on group_order.record = bought.record
inner join dispatched_item as sent on group_order.group_key = sent.group_key and bought.sku = sent.sku
inner join lateral (
    select current_fulfilment.*
    from current_fulfilment
    inner join current_item on current_fulfilment.record = current_item.record
    where
        current_fulfilment.group_key = group_order.group_key
        and current_fulfilment.dispatched
        and current_item.sku = bought.sku
    order by current_fulfilment.shipped_at desc, current_fulfilment.id desc, current_fulfilment.system desc
    limit 1
) as latest on true
where group_order.live and sent.quantity > bought.quantity
