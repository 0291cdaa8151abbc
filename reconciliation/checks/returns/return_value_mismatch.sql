-- A portal refunds a unit at another price than the order's (checks.md, *Returns*).
select
    concat('return:', returned.system, ':', returned.id, '#', line.sku) as subject,
    '' as leg,
    returned.record,
    group_order.record as other,
    returned.record as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    line.sku,
    sum(greatest(line.unit_refund - price.high, price.low - line.unit_refund) * line.accepted) as amount,
    returned.currency,
    greatest(returned.changed_at, group_order.changed_at) as age_from,
    greatest(returned.changed_at, group_order.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Return ',
        returned.id,
        ' refunds ',
        line.sku,
        ' at ',
        concat_ws(
            ' to ',
            money(min(line.unit_refund), returned.currency),
            nullif(money(max(line.unit_refund), returned.currency), money(min(line.unit_refund), returned.currency))
        ),
        ' a unit, the order charged ',
        concat_ws(
            ' to ',
            money(price.low, returned.currency),
            nullif(money(price.high, returned.currency), money(price.low, returned.currency))
        ),
        ' (',
        money(
            sum(greatest(line.unit_refund - price.high, price.low - line.unit_refund) * line.accepted),
            returned.currency
        ),
        ' in all)'
    ) as title,
    array[returned.system, group_order.system] as systems,
    jsonb_build_array(
        evidence(
            'unit_refund of ' || line.sku,
            concat_ws(
                ' to ',
                trim_scale(round(price.low, 6)),
                nullif(trim_scale(round(price.high, 6)), trim_scale(round(price.low, 6)))
            ),
            concat('order:', group_order.system, ':', group_order.id),
            concat_ws(
                ' to ',
                trim_scale(round(min(line.unit_refund), 6)),
                nullif(trim_scale(round(max(line.unit_refund), 6)), trim_scale(round(min(line.unit_refund), 6)))
            ),
            concat('return:', returned.system, ':', returned.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_return as returned
inner join group_order on returned.group_key = group_order.group_key
inner join current_line as line on returned.record = line.record
inner join current_item as price on group_order.record = price.record and line.sku = price.sku
where
    returned.portal
    and returned.speaks
    and returned.live
    and returned.currency = group_order.currency
    and (
        round(line.unit_refund - price.high, 12) > 0.01
        or round(price.low - line.unit_refund, 12) > 0.01
    )
group by
    returned.system, returned.id, line.sku, returned.record, group_order.record, returned.group_key, returned.currency,
    returned.changed_at, group_order.changed_at, group_order.system, group_order.id, price.low, price.high
