-- More went on sale than the return's sellable lines hold (checks.md, *Stock*).
with sellable as (
    select
        current_return.group_key,
        current_return.record,
        current_return.system,
        current_return.id,
        current_return.rma,
        inspection.inspected_at,
        line.sku,
        sum(line.accepted) as accepted
    from current_return
    inner join return_inspection as inspection on current_return.record = inspection.record
    inner join current_line as line on current_return.record = line.record
    where current_return.live and inspection.inspected_at is not null and line.disposition = 'sellable'
    group by
        current_return.group_key, current_return.record, current_return.system, current_return.id, current_return.rma,
        inspection.inspected_at, line.sku
),

moved as (
    select
        group_key,
        rma,
        sku,
        sum(quantity) as quantity,
        (array_agg(record order by at desc, id desc))[1] as latest
    from current_movement
    where quantity > 0 and condition = 'sellable' and rma is not null
    group by group_key, rma, sku
)

select
    concat('stock_movement:', latest.system, ':', latest.id) as subject,
    '' as leg,
    latest.record,
    sellable.record as other,
    sellable.record as return_record,
    sellable.group_key,
    sellable.group_key::text as shard,
    sellable.sku,
    (moved.quantity - sellable.accepted) * price.price as amount,
    group_order.currency,
    latest.at as age_from,
    latest.at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        trim_scale(moved.quantity),
        ' × ',
        sellable.sku,
        ' went on sale for return ',
        sellable.id,
        ', which accepted ',
        trim_scale(sellable.accepted),
        ': ' || money((moved.quantity - sellable.accepted) * price.price, group_order.currency) || ' too much'
    ) as title,
    array[latest.system, sellable.system] as systems,
    jsonb_build_array(
        evidence(
            'sellable quantity of ' || sellable.sku,
            trim_scale(sellable.accepted)::text,
            concat('return:', sellable.system, ':', sellable.id),
            trim_scale(moved.quantity)::text,
            concat('stock_movement:', latest.system, ':', latest.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from sellable
inner join moved
    on sellable.group_key = moved.group_key and sellable.rma = moved.rma and sellable.sku = moved.sku
inner join current_movement as latest on moved.latest = latest.record
left join group_order on sellable.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and sellable.sku = price.sku
where moved.quantity > sellable.accepted
