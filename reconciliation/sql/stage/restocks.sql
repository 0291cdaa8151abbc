-- Of each SKU of an inspected return: what was accepted as sellable, and what movements naming its rma put on sale.
insert into restocked_item
with sellable as (
    select
        current_return.group_key,
        current_return.record,
        current_return.rma,
        inspection.inspected_at,
        line.sku,
        sum(line.accepted) as accepted
    from current_return
    inner join return_inspection as inspection on current_return.record = inspection.record
    inner join current_line as line on current_return.record = line.record
    where current_return.live and inspection.inspected_at is not null and line.disposition = 'sellable'
    group by
        current_return.group_key, current_return.record, current_return.rma, inspection.inspected_at, line.sku
),

moved as (
    select
        group_key,
        rma,
        sku,
        sum(quantity) as quantity,
        (array_agg(record order by at desc, id desc, system desc))[1] as latest
    from current_movement
    where quantity > 0 and condition = 'sellable' and rma is not null
    group by group_key, rma, sku
)

select
    sellable.group_key,
    sellable.record,
    sellable.sku,
    sellable.inspected_at,
    sellable.accepted,
    coalesce(moved.quantity, 0),
    moved.latest
from sellable
left join moved
    on sellable.group_key = moved.group_key and sellable.rma = moved.rma and sellable.sku = moved.sku;
analyze restocked_item;
