-- More went on sale than the return's sellable lines hold (checks.md, *Stock*).
select
    concat('stock_movement:', latest.system, ':', latest.id) as subject,
    '' as leg,
    latest.record,
    item.record as other,
    item.record as return_record,
    item.group_key,
    item.group_key::text as shard,
    item.sku,
    (item.restocked - item.accepted) * price.price as amount,
    group_order.currency,
    latest.at as age_from,
    latest.at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        trim_scale(item.restocked),
        ' × ',
        item.sku,
        ' went on sale for return ',
        returned.id,
        ', which accepted ',
        trim_scale(item.accepted),
        ': ' || money((item.restocked - item.accepted) * price.price, group_order.currency) || ' too much'
    ) as title,
    array[latest.system, returned.system] as systems,
    jsonb_build_array(
        evidence(
            'sellable quantity of ' || item.sku,
            trim_scale(item.accepted)::text,
            concat('return:', returned.system, ':', returned.id),
            trim_scale(item.restocked)::text,
            concat('stock_movement:', latest.system, ':', latest.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from restocked_item as item
inner join current_return as returned on item.record = returned.record
inner join current_movement as latest on item.latest = latest.record
left join group_order on item.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and item.sku = price.sku
where item.restocked > item.accepted
