-- What is bought and has not gone out, which checks sum up for each SKU.
delete from open_demand
using scope_group
where open_demand.group_key = scope_group.group_key;
insert into open_demand (group_key, sku, quantity, price, currency)
select
    group_order.group_key,
    bought.sku,
    bought.quantity - coalesce(sent.quantity, 0),
    bought.price,
    group_order.currency
from group_order
inner join current_item as bought on group_order.record = bought.record
left join dispatched_item as sent on group_order.group_key = sent.group_key and bought.sku = sent.sku
where
    group_order.status in ('open', 'released', 'part_fulfilled')
    and bought.quantity > coalesce(sent.quantity, 0);
