-- The ends of a flow disagree about who bought, or a return names another customer than the order.
with differing as (
    select
        leg.flow,
        leg.source as expected_system,
        leg.source_name as expected_name,
        leg.target,
        leg.target_name,
        'order' as type,
        target.system,
        target.id,
        target.record,
        source.record as other,
        target.group_key,
        target.customer_id,
        source.customer_id as expected_id,
        concat('order:', source.system, ':', source.id) as expected_from,
        greatest(source.changed_at, target.changed_at) as age_from,
        leg.grace
    from leg
    inner join order_side as source_side on leg.flow = source_side.flow and source_side.side = 'source'
    inner join order_side as target_side
        on
            leg.flow = target_side.flow
            and source_side.group_key = target_side.group_key
            and target_side.side = 'target'
    inner join current_order as source on source_side.named_live = source.record
    inner join current_order as target on target_side.named_live = target.record
    where 'customer' = any(leg.compare) and source.customer_key <> target.customer_key
    union all
    select
        leg.flow,
        group_order.system,
        coalesce(nullif(system.name, ''), system.key),
        leg.target,
        leg.target_name,
        'return',
        returned.system,
        returned.id,
        returned.record,
        group_order.record,
        returned.group_key,
        returned.customer_id,
        group_order.customer_id,
        concat('order:', group_order.system, ':', group_order.id),
        returned.changed_at,
        '0'
    from leg
    inner join current_return as returned on leg.target = returned.system
    inner join group_order on returned.group_key = group_order.group_key
    inner join system on group_order.system = system.key
    where
        leg.record = 'order'
        and 'customer' = any(leg.compare)
        and returned.portal
        and returned.speaks
        and returned.live
        and returned.customer_key <> group_order.customer_key
        and (
            leg.only_these is null
            or exists (
                select from order_side as travelling
                where
                    travelling.flow = leg.flow
                    and travelling.group_key = returned.group_key
                    and travelling.side = 'source'
            )
        )
)

select
    concat(differing.type, ':', differing.system, ':', differing.id) as subject,
    differing.flow as leg,
    differing.record,
    differing.other,
    case when differing.type = 'return' then differing.record end as return_record,
    differing.group_key,
    differing.group_key::text as shard,
    null::text as sku,
    null::numeric as amount,
    null::text as currency,
    differing.age_from,
    differing.age_from + differing.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        initcap(differing.type),
        ' ',
        differing.id,
        ' is for customer ',
        differing.customer_id,
        ' in ',
        differing.target_name,
        case when differing.type = 'return' then ', but its order for ' else ', but for ' end,
        differing.expected_id,
        ' in ',
        differing.expected_name
    ) as title,
    array[differing.expected_system, differing.target] as systems,
    jsonb_build_array(
        evidence(
            'customer.id',
            differing.expected_id,
            differing.expected_from,
            differing.customer_id,
            concat(differing.type, ':', differing.system, ':', differing.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from differing
