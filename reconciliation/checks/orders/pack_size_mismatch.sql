-- Cases taken for pieces, or pieces for cases: quantities that differ by a pack size.
select
    concat('order:', target.system, ':', target.id, '#', difference.sku) as subject,
    difference.flow as leg,
    difference.target_record as record,
    difference.source_record as other,
    null::uuid as return_record,
    difference.group_key,
    difference.group_key::text as shard,
    difference.sku,
    abs(difference.source_quantity - difference.target_quantity) * price.price as amount,
    group_order.currency,
    difference.changed_at as age_from,
    difference.changed_at + difference.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ', target.id, ' holds ', trim_scale(difference.target_quantity), ' × ', difference.sku, ' in ',
        difference.target_name, ' but ', trim_scale(difference.source_quantity), ' in ', difference.source_name,
        ': a pack size apart'
    ) as title,
    array[difference.source, difference.target] as systems,
    jsonb_build_array(
        evidence(
            'base quantity of ' || difference.sku,
            trim_scale(difference.source_quantity)::text,
            concat('order:', source.system, ':', source.id),
            trim_scale(difference.target_quantity)::text,
            concat('order:', target.system, ':', target.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from quantity_difference as difference
inner join current_order as source on difference.source_record = source.record
inner join current_order as target on difference.target_record = target.record
left join group_order on difference.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and difference.sku = price.sku
where difference.packed
