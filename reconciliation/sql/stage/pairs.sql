-- What both sides hold of each base SKU, where both are live and state their lines, and these are not the same lines:
-- quantities, of what has a price the net value and the quantity, and the currency that all who hold it state.
insert into order_pair_item
select
    order_copy.flow,
    order_copy.group_key,
    current_item.sku,
    coalesce(sum(current_item.quantity) filter (where order_copy.side = 'source'), 0),
    coalesce(sum(current_item.quantity) filter (where order_copy.side = 'target'), 0),
    sum(current_item.net) filter (where order_copy.side = 'source'),
    sum(current_item.priced) filter (where order_copy.side = 'source'),
    sum(current_item.net) filter (where order_copy.side = 'target'),
    sum(current_item.priced) filter (where order_copy.side = 'target'),
    case
        when count(order_copy.currency) = count(*) and min(order_copy.currency) = max(order_copy.currency)
            then min(order_copy.currency)
    end
from order_copy
inner join order_side as source
    on order_copy.flow = source.flow and order_copy.group_key = source.group_key and source.side = 'source'
inner join order_side as target
    on order_copy.flow = target.flow and order_copy.group_key = target.group_key and target.side = 'target'
inner join current_item on order_copy.record = current_item.record
where
    order_copy.live
    and source.has_lines
    and target.has_lines
    and (source.goods = target.goods and source.worth is not distinct from target.worth) is not true
group by order_copy.flow, order_copy.group_key, current_item.sku;
analyze order_pair_item;
