-- Returned goods put on sale before anybody looked at them (checks.md, *Stock*).
select
    concat('stock_movement:', movement.system, ':', movement.id) as subject,
    '' as leg,
    movement.record,
    returned.record as other,
    returned.record as return_record,
    movement.group_key,
    movement.group_key::text as shard,
    movement.sku,
    movement.quantity * price.price as amount,
    group_order.currency,
    movement.at as age_from,
    movement.at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        trim_scale(movement.quantity),
        ' × ',
        movement.sku,
        ' (' || money(movement.quantity * price.price, group_order.currency) || ')',
        ' of return ' || returned.id,
        ' went on sale before inspection'
    ) as title,
    array_remove(array[movement.system, returned.system], null) as systems,
    jsonb_build_array(
        evidence(
            'restocked',
            coalesce('not before ' || inspection.inspected_at::text, 'after inspection'),
            inspector.subject,
            concat_ws(' ', movement.at, movement.reason),
            concat('stock_movement:', movement.system, ':', movement.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_movement as movement
left join current_return as returned
    on
        movement.group_key = returned.group_key
        and movement.rma = returned.rma
        and returned.portal
        and returned.speaks
left join return_inspection as inspection on returned.record = inspection.record
left join lateral (
    select concat('return:', copy.system, ':', copy.id) as subject
    from current_return as copy
    where copy.group_key = returned.group_key and copy.rma = returned.rma
    order by
        copy.inspected_at is distinct from inspection.inspected_at,
        copy.record <> returned.record,
        copy.system,
        copy.id
    limit 1
) as inspector on true
left join group_order on movement.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and movement.sku = price.sku
where
    movement.quantity > 0
    and movement.condition = 'sellable'
    and (
        movement.reason in ('return_initiated', 'return_in_transit')
        or movement.at < inspection.inspected_at
        or (
            returned.record is not null
            and inspection.inspected_at is null
            and (inspection.states_inspections or returned.status not in ('received', 'inspected', 'closed'))
        )
    )
