-- A return was refused for a reason that does not hold (checks.md, *Returns*).
select
    concat('return:', returned.system, ':', returned.id) as subject,
    '' as leg,
    returned.record,
    group_order.record as other,
    returned.record as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    null::text as sku,
    goods.value as amount,
    group_order.currency,
    returned.changed_at as age_from,
    returned.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Return ', returned.id, coalesce(' of ' || money(goods.value, group_order.currency), ''), ' was refused for ',
        replace(returned.rejection_reason, '_', ' '),
        case
            when returned.rejection_reason = 'payment_pending' then ', though the order is on account' else
                ', though the order is known'
        end
    ) as title,
    array[returned.system, group_order.system] as systems,
    jsonb_build_array(
        evidence(
            'rejection_reason',
            case
                when returned.rejection_reason = 'payment_pending' then 'none: the order is on account' else
                    'none: the order is known'
            end,
            concat('order:', group_order.system, ':', group_order.id),
            returned.rejection_reason,
            concat('return:', returned.system, ':', returned.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_return as returned
inner join group_order on returned.group_key = group_order.group_key
left join lateral (
    select sum(line.quantity * price.price) as value
    from current_line as line
    left join current_item as price on group_order.record = price.record and line.sku = price.sku
    where line.record = returned.record
) as goods on true
where
    returned.portal
    and returned.speaks
    and returned.status = 'rejected'
    and (
        (returned.rejection_reason = 'payment_pending' and group_order.method = 'on_account')
        or returned.rejection_reason in ('unknown_sku', 'unknown_customer')
    )
