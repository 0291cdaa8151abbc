-- Inspected goods of which nobody says what becomes of them (checks.md, *Returns*).
with accepted as (
    select
        current_return.record,
        line.sku,
        sum(line.accepted) as quantity
    from current_return
    inner join current_line as line on current_return.record = line.record
    where current_return.portal and current_return.speaks and current_return.live
    group by current_return.record, line.sku
    having sum(line.accepted) > 0
)

select
    concat('return:', returned.system, ':', returned.id, '#', accepted.sku) as subject,
    '' as leg,
    returned.record,
    null::uuid as other,
    returned.record as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    accepted.sku,
    accepted.quantity * price.price as amount,
    group_order.currency,
    inspection.inspected_at as age_from,
    inspection.inspected_at + interval '24 hours' as ripe_at,
    null::timestamptz as expires_at,
    concat(
        trim_scale(accepted.quantity), ' × ', accepted.sku,
        ' (' || money(accepted.quantity * price.price, group_order.currency) || ')',
        ' of return ', returned.id, ' was inspected on ',
        to_char(inspection.inspected_at at time zone 'UTC', 'FMDD Mon YYYY'), ' and nobody says what becomes of it'
    ) as title,
    array[returned.system] as systems,
    jsonb_build_array(
        evidence(
            'disposition of ' || accepted.sku,
            'by ' || (inspection.inspected_at + interval '24 hours')::text,
            inspector.subject,
            'none',
            concat('return:', returned.system, ':', returned.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from accepted
inner join current_return as returned on accepted.record = returned.record
inner join return_inspection as inspection on returned.record = inspection.record
cross join
    lateral (
        select concat('return:', copy.system, ':', copy.id) as subject
        from current_return as copy
        where
            copy.group_key = returned.group_key
            and (copy.record = returned.record or copy.rma = returned.rma)
            and copy.inspected_at = inspection.inspected_at
        order by copy.record <> returned.record, copy.system, copy.id
        limit 1
    ) as inspector
left join group_order on returned.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and accepted.sku = price.sku
where
    inspection.inspected_at is not null
    and inspection.states_dispositions
    and not exists (
        select from current_return as copy
        inner join current_line as line on copy.record = line.record
        where
            copy.group_key = returned.group_key
            and (copy.record = returned.record or copy.rma = returned.rma)
            and line.sku = accepted.sku
            and line.disposition is not null
    )
