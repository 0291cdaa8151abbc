-- What a system says of an order's shipment against what was dispatched, measured by that system's own quantities
-- (checks.md, *Orders*).
with target_flow as (
    select
        leg.flow,
        leg.grace,
        leg.source,
        leg.target,
        leg.target_name,
        current_order.group_key,
        array_agg(current_order.record) as records,
        (array_agg(current_order.record order by current_order.placed_at, current_order.id))[1] as record,
        (array_agg(current_order.id order by current_order.placed_at, current_order.id))[1] as id,
        (array_agg(current_order.status order by current_order.placed_at, current_order.id))[1] as status,
        max(current_order.changed_at) as changed_at
    from leg
    inner join current_order on leg.target = current_order.system
    where leg.record = 'fulfilment' and current_order.live
    group by leg.flow, leg.grace, leg.source, leg.target, leg.target_name, current_order.group_key
    having bool_and(current_order.has_lines)
),

held as (
    select
        target_flow.flow,
        target_flow.group_key,
        current_item.sku,
        sum(current_item.quantity) as quantity
    from target_flow
    cross join unnest(target_flow.records) as copy (record)
    inner join current_item on copy.record = current_item.record
    group by target_flow.flow, target_flow.group_key, current_item.sku
),

measured as (
    select
        held.flow,
        held.group_key,
        bool_and(coalesce(dispatched_item.quantity, 0) >= held.quantity) as whole,
        bool_or(coalesce(dispatched_item.quantity, 0) > 0) as any_sent,
        sum(
            case
                when held.quantity > coalesce(dispatched_item.quantity, 0)
                    then (held.quantity - coalesce(dispatched_item.quantity, 0)) * price.price
            end
        ) as open_value,
        sum(held.quantity) as quantity,
        sum(least(held.quantity, coalesce(dispatched_item.quantity, 0))) as dispatched
    from held
    left join dispatched_item on held.group_key = dispatched_item.group_key and held.sku = dispatched_item.sku
    left join group_order on held.group_key = group_order.group_key
    left join current_item as price on group_order.record = price.record and held.sku = price.sku
    group by held.flow, held.group_key
),

judged as (
    select
        target_flow.*,
        measured.whole,
        measured.any_sent or sent.anything as any_sent,
        case when measured.whole then 0 else measured.open_value end as open_value,
        measured.quantity,
        measured.dispatched,
        group_order.currency,
        greatest(target_flow.changed_at, sent.changed_at) as age_from
    from target_flow
    inner join measured on target_flow.flow = measured.flow and target_flow.group_key = measured.group_key
    left join group_order on target_flow.group_key = group_order.group_key
    cross join dispatch_feed
    cross join
        lateral (
            select
                max(current_fulfilment.changed_at) as changed_at,
                count(*) > 0 as anything
            from current_fulfilment
            where current_fulfilment.group_key = target_flow.group_key and current_fulfilment.dispatched
        ) as sent
    where dispatch_feed.known
)

select
    concat('order:', judged.target, ':', judged.id) as subject,
    judged.flow as leg,
    judged.record,
    null::uuid as other,
    null::uuid as return_record,
    judged.group_key,
    judged.group_key::text as shard,
    null::text as sku,
    judged.open_value as amount,
    judged.currency,
    judged.age_from,
    judged.age_from + judged.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ', judged.id, ' is ', replace(judged.status, '_', ' '), ' in ', judged.target_name, ' but ',
        trim_scale(judged.dispatched), ' of ', trim_scale(judged.quantity), ' units are dispatched'
    ) as title,
    array[judged.source, judged.target] as systems,
    jsonb_build_array(
        evidence(
            'status',
            case when judged.whole then 'fulfilled' when judged.any_sent then 'part_fulfilled' else 'open' end,
            judged.source,
            judged.status,
            concat('order:', judged.target, ':', judged.id)
        ),
        evidence(
            'units dispatched',
            trim_scale(judged.quantity)::text,
            concat('order:', judged.target, ':', judged.id),
            trim_scale(judged.dispatched)::text,
            judged.source
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from judged
where
    (judged.status in ('fulfilled', 'closed') and not judged.whole)
    or (judged.whole and judged.status in ('open', 'released', 'part_fulfilled'))
    or (judged.any_sent and judged.status in ('open', 'released'))
    or (not judged.any_sent and judged.status = 'part_fulfilled')
