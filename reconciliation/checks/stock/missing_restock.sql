-- Sellable goods that came back and are not on sale again (checks.md, *Stock*).
select
    concat('return:', returned.system, ':', returned.id, '#', item.sku) as subject,
    '' as leg,
    item.record,
    null::uuid as other,
    item.record as return_record,
    item.group_key,
    item.group_key::text as shard,
    item.sku,
    (item.accepted - item.restocked) * price.price as amount,
    group_order.currency,
    item.inspected_at as age_from,
    item.inspected_at + interval '24 hours' as ripe_at,
    null::timestamptz as expires_at,
    concat(
        trim_scale(item.accepted - item.restocked),
        ' × ',
        item.sku,
        ' of return ',
        returned.id,
        ' is sellable and not back on sale'
    ) as title,
    array[returned.system] as systems,
    jsonb_build_array(
        evidence(
            'restocked quantity of ' || item.sku,
            trim_scale(item.accepted)::text,
            concat('return:', returned.system, ':', returned.id),
            trim_scale(item.restocked)::text,
            'the stock movements'
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from restocked_item as item
inner join current_return as returned on item.record = returned.record
left join group_order on item.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and item.sku = price.sku
where
    item.restocked < item.accepted
    and exists (
        select from first_sent
        inner join system on first_sent.system = system.key
        where
            'stock' = any(system.authority)
            and first_sent.type = 'stock_movement'
            and first_sent.at <= %(as_of)s
    )
