-- Two systems call one order, or one return, by different statuses (checks.md, *Orders*).
with pair as (
    select
        leg.flow,
        leg.grace,
        leg.same,
        leg.source_name,
        leg.target_name,
        leg.target_kind = 'warehouse' as to_warehouse,
        'order' as type,
        source_side.group_key,
        source_side.live_copies > 0 as source_live,
        target_side.live_copies > 0 as target_live,
        source.record as source_record,
        source.system as source_system,
        source.id as source_id,
        source.status as source_status,
        source_side.changed_at as source_changed_at,
        target.record as target_record,
        target.system as target_system,
        target.id as target_id,
        target.status as target_status,
        target_side.changed_at as target_changed_at
    from leg
    inner join order_side as source_side on leg.flow = source_side.flow and source_side.side = 'source'
    inner join order_side as target_side
        on
            leg.flow = target_side.flow
            and source_side.group_key = target_side.group_key
            and target_side.side = 'target'
    inner join current_order as source
        on coalesce(source_side.named_live, source_side.named) = source.record
    inner join current_order as target
        on coalesce(target_side.named_live, target_side.named) = target.record
    where leg.record = 'order' and 'status' = any(leg.compare)
    union all
    select
        leg.flow,
        leg.grace,
        leg.same,
        leg.source_name,
        leg.target_name,
        leg.target_kind = 'warehouse',
        'return',
        source.group_key,
        source.live,
        target.live,
        source.record,
        source.system,
        source.id,
        source.status,
        source.changed_at,
        target.record,
        target.system,
        target.id,
        target.status,
        target.changed_at
    from leg
    inner join current_return as source on leg.source = source.system and source.speaks
    inner join current_return as target
        on leg.target = target.system and source.group_key = target.group_key and source.rma = target.rma
    where
        leg.record = 'return'
        and 'status' = any(leg.compare)
        and target.speaks
        and travels(leg.only_these, null, source.currency, array[source.raw_status, source.status], source.customer_id)
)

select
    concat(type, ':', target_system, ':', target_id) as subject,
    flow as leg,
    target_record as record,
    source_record as other,
    case when type = 'return' then source_record end as return_record,
    group_key,
    group_key::text as shard,
    null::text as sku,
    null::numeric as amount,
    null::text as currency,
    greatest(source_changed_at, target_changed_at) as age_from,
    greatest(source_changed_at, target_changed_at) + grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        initcap(type), ' ', target_id, ' is ', replace(target_status, '_', ' '), ' in ', target_name, ' but ',
        replace(source_status, '_', ' '), ' in ', source_name
    ) as title,
    array[source_system, target_system] as systems,
    jsonb_build_array(
        evidence(
            'status', source_status, concat(type, ':', source_system, ':', source_id),
            target_status, concat(type, ':', target_system, ':', target_id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from pair
where
    source_status is not null
    and target_status is not null
    and source_status <> target_status
    and case
        when to_warehouse then source_live <> target_live
        else not exists (
            select from jsonb_array_elements(same) as alike (words)
            where alike.words ? source_status and alike.words ? target_status
        )
    end
