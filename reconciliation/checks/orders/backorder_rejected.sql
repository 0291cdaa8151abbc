-- The target refused an order for lack of stock and has no copy of it (checks.md, *Orders*).
select
    concat('order:', absent.system, ':', absent.id, '>', absent.target) as subject,
    absent.flow as leg,
    absent.record,
    null::uuid as other,
    null::uuid as return_record,
    absent.group_key,
    absent.group_key::text as shard,
    null::text as sku,
    absent.net_goods as amount,
    absent.currency,
    absent.outcome_at as age_from,
    absent.outcome_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        absent.target_name,
        ' refused order ',
        absent.id,
        coalesce(' of ' || money(absent.net_goods, absent.currency), ''),
        ' for lack of stock'
    ) as title,
    array[absent.system, absent.target] as systems,
    jsonb_build_array(
        evidence(
            'last outcome',
            'success',
            concat('order:', absent.system, ':', absent.id),
            concat_ws(' ', absent.result, absent.error_code, absent.error_message),
            absent.flow
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from absent_order as absent
where absent.result = 'failed' and absent.error_code = 'out_of_stock'
