-- Goods are to come back of an order of which nothing has gone out (checks.md, *Returns*).
select
    concat('return:', returned.system, ':', returned.id) as subject,
    '' as leg,
    returned.record,
    group_order.record as other,
    returned.record as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    null::text as sku,
    returned.refund_amount as amount,
    returned.currency,
    greatest(returned.changed_at, group_order.changed_at) as age_from,
    greatest(returned.changed_at, group_order.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Return ',
        returned.id,
        coalesce(' of ' || money(returned.refund_amount, returned.currency), ''),
        ' came before anything of order ',
        group_order.id, ' was dispatched'
    ) as title,
    array[returned.system, group_order.system] as systems,
    jsonb_build_array(
        evidence(
            'dispatched',
            'something',
            concat('return:', returned.system, ':', returned.id),
            'nothing',
            'every dispatching system'
        ),
        evidence(
            'status',
            'part_fulfilled, fulfilled or closed',
            concat('return:', returned.system, ':', returned.id),
            group_order.status,
            concat('order:', group_order.system, ':', group_order.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_return as returned
inner join group_order on returned.group_key = group_order.group_key
cross join dispatch_feed
where
    returned.portal
    and returned.speaks
    and returned.live
    and dispatch_feed.known
    and group_order.status not in ('part_fulfilled', 'fulfilled', 'closed')
    and not exists (
        select from current_fulfilment
        where current_fulfilment.group_key = returned.group_key and current_fulfilment.dispatched
    )
