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

standing as (
    select
        one.*,
        exists(
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
        ) as shares_reference
    from crowd
    inner join current_order as one on crowd.group_key = one.group_key and crowd.system = one.system
    where one.live
),

-- in O's own system those that share a number are several of one order; elsewhere all are
held as (
    select
        standing.group_key,
        standing.system,
        array_agg(standing.record) as records,
        count(*) as copies,
        (array_agg(standing.record order by standing.placed_at desc, standing.id desc))[1] as latest
    from standing
    inner join group_order on standing.group_key = group_order.group_key
    where standing.shares_reference or standing.system <> group_order.system
    group by standing.group_key, standing.system
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
    latest.changed_at as ripe_at,
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
    held.system = group_order.system
    or exists (
        select from current_item as item
        inner join current_item as bought on group_order.record = bought.record and item.sku = bought.sku
        where item.record = any(held.records)
        group by item.sku, bought.quantity
        having sum(item.quantity) > bought.quantity
    )
