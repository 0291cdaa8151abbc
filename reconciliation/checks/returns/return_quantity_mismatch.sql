-- More is to come back than went out, or other quantities arrived than were announced (checks.md, *Returns*;
-- what went out and what arrived are two legs of one subject, and at risk is the excess where there is one).
with returned_item as (
    select
        current_return.group_key,
        current_return.record,
        current_return.system,
        current_return.requested_at,
        current_return.id,
        current_return.live,
        current_return.status,
        line.sku,
        sum(line.quantity) as quantity,
        sum(line.quantity) filter (where line.received is not null) as announced,
        sum(line.received) as received
    from current_return
    inner join current_line as line on current_return.record = line.record
    where current_return.portal and current_return.speaks
    group by
        current_return.group_key, current_return.record, current_return.system, current_return.requested_at,
        current_return.id, current_return.live, current_return.status, line.sku
),

together as (
    select
        group_key,
        sku,
        sum(quantity) as quantity,
        (array_agg(record order by requested_at desc, id desc) filter (where quantity > 0))[1] as record
    from returned_item
    where live
    group by group_key, system, sku
),

-- What went out, by the latest dispatch that says what it holds; where nothing did, what was ordered. Null: unknown.
measured as (
    select
        together.record,
        together.sku,
        together.quantity as actual,
        dispatch.anything as dispatched,
        case
            when dispatch.anything then dispatch.teller
            when group_order.has_lines then concat('order:', group_order.system, ':', group_order.id)
        end as teller,
        coalesce(case when dispatch.anything then sent.quantity else bought.quantity end, 0) as expected
    from together
    inner join group_order on together.group_key = group_order.group_key
    left join dispatched_item as sent on together.group_key = sent.group_key and together.sku = sent.sku
    left join current_item as bought on group_order.record = bought.record and together.sku = bought.sku
    cross join
        lateral (
            select
                count(*) > 0 as anything,
                (
                    array_agg(concat('fulfilment:', system, ':', id) order by shipped_at desc, id desc)
                    filter (where exists (
                        select from current_item
                        where current_item.record = current_fulfilment.record
                    ))
                )[1] as teller
            from current_fulfilment
            where current_fulfilment.group_key = together.group_key and current_fulfilment.dispatched
        ) as dispatch
),

differing as (
    select
        '#excess' as leg,
        record,
        sku,
        expected,
        teller,
        actual,
        'returned quantity of ' as field,
        concat(
            'Returns ask for ', trim_scale(actual), ' × ', sku, ' back, ', trim_scale(expected),
            case when dispatched then ' went out' else ' were ordered' end
        ) as title
    from measured
    where teller is not null and actual > expected
    union all
    select
        '#received',
        returned_item.record,
        returned_item.sku,
        returned_item.announced,
        concat('return:', returned_item.system, ':', returned_item.id),
        returned_item.received,
        'received_quantity of ',
        concat(
            'Return ', returned_item.id, ' announced ', trim_scale(returned_item.announced), ' × ', returned_item.sku,
            ', ', trim_scale(returned_item.received), ' arrived'
        )
    from returned_item
    where
        returned_item.status in ('received', 'inspected', 'closed')
        and returned_item.received <> returned_item.announced
)

select
    concat('return:', returned.system, ':', returned.id, '#', differing.sku) as subject,
    differing.leg,
    returned.record,
    group_order.record as other,
    returned.record as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    differing.sku,
    coalesce(
        max(abs(differing.actual - differing.expected)) filter (where differing.leg = '#excess')
            over (partition by differing.record, differing.sku),
        abs(differing.actual - differing.expected)
    ) * price.price as amount,
    group_order.currency,
    returned.changed_at as age_from,
    returned.changed_at as ripe_at,
    null::timestamptz as expires_at,
    differing.title
    || coalesce(
        ' (' || money(abs(differing.actual - differing.expected) * price.price, group_order.currency) || ')', ''
    ) as title,
    array[returned.system, group_order.system] as systems,
    jsonb_build_array(
        evidence(
            differing.field || differing.sku,
            trim_scale(differing.expected)::text,
            differing.teller,
            trim_scale(differing.actual)::text,
            concat('return:', returned.system, ':', returned.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from differing
inner join current_return as returned on differing.record = returned.record
inner join group_order on returned.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and differing.sku = price.sku
