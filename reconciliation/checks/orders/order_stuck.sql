-- The warehouse has the order and does nothing with it for longer than agreed (checks.md, *Orders*).
select
    concat('order:', target.system, ':', target.id) as subject,
    leg.flow as leg,
    target.record,
    source.record as other,
    null::uuid as return_record,
    target.group_key,
    target.group_key::text as shard,
    null::text as sku,
    whole.net_goods as amount,
    whole.currency,
    target.placed_at as age_from,
    target.placed_at + leg.within as ripe_at,
    null::timestamptz as expires_at,
    concat(
        leg.target_name,
        ' took order ',
        target.id,
        ' on ',
        to_char(target.placed_at at time zone 'UTC', 'FMDD Mon YYYY HH24:MI'),
        ' and has sent nothing', coalesce(' (' || money(whole.net_goods, whole.currency) || ')', '')
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'dispatched', 'something by ' || (target.placed_at + leg.within)::text, leg.flow, 'nothing', leg.target
        ),
        evidence(
            'status',
            'fulfilled',
            concat('order:', source.system, ':', source.id),
            target.status,
            concat('order:', target.system, ':', target.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from leg
inner join order_side as source_side on leg.flow = source_side.flow and source_side.side = 'source'
inner join current_order as source on source_side.named_live = source.record
cross join dispatch_feed
inner join lateral (
    select target.*
    from order_copy
    inner join current_order as target on order_copy.record = target.record
    where
        order_copy.flow = leg.flow
        and order_copy.group_key = source_side.group_key
        and order_copy.side = 'target'
        and target.status in ('open', 'released')
    order by target.placed_at, target.id
    limit 1
) as target on true
inner join lateral (
    select
        case
            when min(copy.currency) = max(copy.currency) and count(copy.currency) = count(*)
                then sum(copy.net_goods)
        end as net_goods,
        max(copy.currency) as currency,
        bool_and(
            copy.hold is not null
            or (
                coalesce(copy.method <> 'on_account', false)
                and coalesce(copy.payment_status in ('pending', 'failed', 'void'), false)
            )
        ) as held
    from order_copy
    inner join current_order as copy on order_copy.record = copy.record
    where
        order_copy.flow = leg.flow
        and order_copy.group_key = source_side.group_key
        and order_copy.side = 'source'
        and order_copy.live
) as whole on true
where
    leg.record = 'order'
    and leg.target_kind = 'warehouse'
    and leg.within is not null
    and dispatch_feed.known
    and not whole.held
    and not exists (
        select from current_fulfilment
        where current_fulfilment.group_key = source_side.group_key and current_fulfilment.dispatched
    )
