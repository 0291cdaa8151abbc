-- Differences within tolerance that add up for one customer in one month (checks.md, *Credits*).
select
    concat('customer:', drift.customer_id, ':', drift.currency, ':', to_char(drift.month, 'YYYY-MM')) as subject,
    '' as leg,
    null::uuid as record,
    null::uuid as other,
    null::uuid as return_record,
    null::uuid as group_key,
    concat_ws(':', drift.customer_id, drift.currency, to_char(drift.month, 'YYYY-MM')) as shard,
    null::text as sku,
    abs(sum(drift.amount)) as amount,
    drift.currency,
    %(as_of)s as age_from,
    %(as_of)s as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Small differences on ',
        count(*),
        ' credits of customer ',
        drift.customer_id,
        ' add up to ',
        money(abs(sum(drift.amount)), drift.currency),
        ' in ', to_char(drift.month, 'FMMonth YYYY')
    ) as title,
    array[]::text[] as systems,
    jsonb_build_array(
        evidence(
            'sum of differences', '0.00', null, trim_scale(round(sum(drift.amount), 4))::text, null
        ),
        evidence(
            'returns', null, null, count(*)::text, null
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from return_drift as drift
group by drift.customer_id, drift.currency, drift.month
having abs(round(sum(drift.amount), 12)) > 1
