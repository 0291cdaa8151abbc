-- Sellable goods that came back and are not on sale again (checks.md, *Stock*).
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
    concat('return:', sellable.system, ':', sellable.id, '#', sellable.sku) as subject,
    '' as leg,
    sellable.record,
    null::uuid as other,
    sellable.record as return_record,
    sellable.group_key,
    sellable.group_key::text as shard,
    sellable.sku,
    (sellable.accepted - coalesce(moved.quantity, 0)) * price.price as amount,
    group_order.currency,
    sellable.inspected_at as age_from,
    sellable.inspected_at + interval '24 hours' as ripe_at,
    null::timestamptz as expires_at,
    concat(
        trim_scale(sellable.accepted - coalesce(moved.quantity, 0)),
        ' × ',
        sellable.sku,
        ' of return ',
        sellable.id,
        ' is sellable and not back on sale'
    ) as title,
    array[sellable.system] as systems,
    jsonb_build_array(
        evidence(
            'restocked quantity of ' || sellable.sku,
            trim_scale(sellable.accepted)::text,
            concat('return:', sellable.system, ':', sellable.id),
            trim_scale(coalesce(moved.quantity, 0))::text,
            'the stock movements'
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from sellable
left join moved
    on sellable.group_key = moved.group_key and sellable.rma = moved.rma and sellable.sku = moved.sku
left join group_order on sellable.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and sellable.sku = price.sku
where
    coalesce(moved.quantity, 0) < sellable.accepted
    and exists (
        select from first_sent
        inner join system on first_sent.system = system.key
        where
            'stock' = any(system.authority)
            and first_sent.type = 'stock_movement'
            and first_sent.at <= %(as_of)s
    )
