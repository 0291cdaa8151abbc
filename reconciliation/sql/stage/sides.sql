-- The copies of orders at both ends of each order flow; at the source only those that travel on the flow.
insert into order_copy
select
    leg.flow,
    current_order.group_key,
    'source' as side,
    current_order.record,
    current_order.live,
    current_order.placed_at,
    current_order.id,
    current_order.has_lines,
    current_order.changed_at,
    current_order.currency,
    current_order.goods,
    current_order.worth
from leg
inner join current_order on leg.source = current_order.system
where
    leg.record = 'order'
    and travels(
        leg.only_these,
        current_order.channel,
        current_order.currency,
        array[current_order.raw_status, current_order.status],
        current_order.customer_id
    )
union all
select
    leg.flow,
    current_order.group_key,
    'target' as side,
    current_order.record,
    current_order.live,
    current_order.placed_at,
    current_order.id,
    current_order.has_lines,
    current_order.changed_at,
    current_order.currency,
    current_order.goods,
    current_order.worth
from leg
inner join current_order on leg.target = current_order.system
where leg.record = 'order';

-- Words for goods that do not stand for the same in all systems that use them say nothing as they are.
update order_copy
set goods = null
from (
    select raw_sku
    from resolved_sku
    group by raw_sku
    having min(base_sku) < max(base_sku) or min(pack_size) < max(pack_size)
) as uneven
inner join current_line as line on uneven.raw_sku = line.raw_sku
where order_copy.record = line.record;
analyze order_copy;

-- Each side as a whole: how many copies, which one is named, since when they (its live ones, where there are any) say
-- the same; where one live copy speaks for it, the hashes of its lines.
insert into order_side
select
    flow,
    group_key,
    side,
    count(*),
    count(*) filter (where live),
    (array_agg(record order by placed_at, id))[1],
    (array_agg(record order by placed_at, id) filter (where live))[1],
    bool_and(has_lines) filter (where live),
    coalesce(max(changed_at) filter (where live), max(changed_at)),
    case when count(*) filter (where live) = 1 then min(goods) filter (where live) end,
    min(worth) filter (where live)
from order_copy
group by flow, group_key, side;
analyze order_side;
