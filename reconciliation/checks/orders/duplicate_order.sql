-- A system holds an order more than once (checks.md, *Orders*).
with crowd as (
    select
        group_key,
        system
    from current_order
    where live
    group by group_key, system
    having count(*) > 1
),

held as (
    select
        one.group_key,
        one.system,
        array_agg(one.record) as records,
        count(*) as copies,
        (array_agg(one.record order by one.placed_at desc, one.id desc))[1] as latest,
        bool_or(
            exists (
                select from current_reference as mine
                inner join current_reference as other on mine.scheme = other.scheme and mine.norm = other.norm
                inner join current_order as twin on other.record = twin.record
                where
                    mine.record = one.record
                    and mine.scheme in ('ecommerce_order', 'sales_order')
                    and other.group_key = one.group_key
                    and twin.record <> one.record
                    and twin.system = one.system
                    and twin.live
            )
        ) as shares_reference
    from crowd
    inner join current_order as one on crowd.group_key = one.group_key and crowd.system = one.system
    where one.live
    group by one.group_key, one.system
)

select
    concat('order:', latest.system, ':', latest.id) as subject,
    '' as leg,
    latest.record,
    group_order.record as other,
    null::uuid as return_record,
    held.group_key,
    held.group_key::text as shard,
    null::text as sku,
    latest.net_goods as amount,
    latest.currency,
    latest.placed_at as age_from,
    latest.placed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ', group_order.id, ' stands ', held.copies, ' times in ', latest.system, ', last as ', latest.id,
        coalesce(' (' || money(latest.net_goods, latest.currency) || ')', '')
    ) as title,
    array[held.system] as systems,
    jsonb_build_array(
        evidence(
            'live orders in ' || latest.system,
            '1',
            concat('order:', group_order.system, ':', group_order.id),
            held.copies::text,
            concat('order:', latest.system, ':', latest.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from held
inner join current_order as latest on held.latest = latest.record
inner join group_order on held.group_key = group_order.group_key
where
    case
        when held.system = group_order.system then held.shares_reference
        else exists (
            select from current_item as item
            inner join current_item as bought on group_order.record = bought.record and item.sku = bought.sku
            where item.record = any(held.records)
            group by item.sku, bought.quantity
            having sum(item.quantity) > bought.quantity
        )
    end
