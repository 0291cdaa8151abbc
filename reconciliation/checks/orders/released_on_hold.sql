-- Goods went out though the order is on hold (checks.md, *Orders*).
select
    concat('fulfilment:', sent.system, ':', sent.id) as subject,
    '' as leg,
    sent.record,
    group_order.record as other,
    null::uuid as return_record,
    group_order.group_key,
    group_order.group_key::text as shard,
    null::text as sku,
    group_order.net_goods as amount,
    group_order.currency,
    sent.shipped_at as age_from,
    sent.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ',
        group_order.id,
        coalesce(' of ' || money(group_order.net_goods, group_order.currency), ''),
        ' was dispatched as ',
        sent.id, ', though it is on hold: ', group_order.hold
    ) as title,
    array[group_order.system, sent.system] as systems,
    jsonb_build_array(
        evidence(
            'payment.hold', 'none', 'the rule', group_order.hold,
            concat('order:', group_order.system, ':', group_order.id)
        ),
        evidence(
            'dispatched',
            'nothing',
            concat('order:', group_order.system, ':', group_order.id),
            sent.shipped_at::text,
            concat('fulfilment:', sent.system, ':', sent.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from group_order
inner join lateral (
    select current_fulfilment.*
    from current_fulfilment
    where current_fulfilment.group_key = group_order.group_key and current_fulfilment.dispatched
    order by current_fulfilment.shipped_at, current_fulfilment.id, current_fulfilment.system
    limit 1
) as sent on true
where
    group_order.live
    and group_order.hold is not null
