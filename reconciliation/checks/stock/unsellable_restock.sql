-- Goods judged unfit for sale put on sale (checks.md, *Stock*).
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
        trim_scale(movement.quantity), ' × ', movement.sku, ' of return ', returned.id, ' went on sale though judged ',
        replace(array_to_string(judged.dispositions, ', '), '_', ' '),
        coalesce(' (' || money(movement.quantity * price.price, group_order.currency) || ')', '')
    ) as title,
    array[movement.system, returned.system] as systems,
    jsonb_build_array(
        evidence(
            'condition of ' || movement.sku,
            array_to_string(judged.dispositions, ', '),
            concat('return:', returned.system, ':', returned.id),
            movement.condition,
            concat('stock_movement:', movement.system, ':', movement.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_movement as movement
inner join current_return as returned
    on
        movement.group_key = returned.group_key
        and movement.rma = returned.rma
        and returned.portal
        and returned.speaks
inner join return_inspection as inspection on returned.record = inspection.record
inner join lateral (
    select array_agg(distinct line.disposition) as dispositions
    from current_line as line
    where line.record = returned.record and line.sku = movement.sku and line.disposition is not null
) as judged on judged.dispositions is not null
left join group_order on movement.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and movement.sku = price.sku
where
    movement.quantity > 0
    and movement.condition = 'sellable'
    and movement.at >= inspection.inspected_at
    and not 'sellable' = any(judged.dispositions)
