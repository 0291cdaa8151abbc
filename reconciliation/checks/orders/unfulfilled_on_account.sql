-- The classic trap: an order on account waits for a payment that never comes and does not reach the warehouse.
select
    concat('order:', system, ':', id, '>', target) as subject,
    flow as leg,
    record,
    null::uuid as other,
    null::uuid as return_record,
    group_key,
    group_key::text as shard,
    null::text as sku,
    net_goods as amount,
    currency,
    placed_at as age_from,
    placed_at + grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ', id, coalesce(' of ' || money(net_goods, currency), ''), ' is on account and does not reach ',
        target_name
    ) as title,
    array[system, target] as systems,
    jsonb_build_array(
        evidence('order', 'a copy in ' || target_name, concat('order:', system, ':', id), 'none', target),
        evidence('payment.method', 'on_account needs no payment', concat('order:', system, ':', id), null, null),
        evidence(
            'last outcome', 'success', flow, coalesce(concat_ws(' ', result, error_code, error_message), 'none'), flow
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from absent_order
where
    not held
    and fed
    and to_warehouse
    and method = 'on_account'
    and (result is null or result = 'skipped' or (result = 'failed' and error_code = 'payment_pending'))
