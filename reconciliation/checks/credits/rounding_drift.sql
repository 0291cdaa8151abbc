-- Differences within tolerance that add up for one customer in one month (checks.md, *Credits*).
with drifting as (
    select
        customer_key,
        min(btrim(customer_id)) as customer_id,
        currency,
        month,
        sum(amount) as amount,
        count(*) as returns,
        max(changed_at) as changed_at
    from current_drift
    group by customer_key, currency, month
    having abs(round(sum(amount), 12)) > 1
),

piece as (
    select
        drifting.customer_key,
        drifting.currency,
        drifting.month,
        drift.amount,
        returned.system as return_system,
        concat('return:', returned.system, ':', returned.id) as returned,
        credit.system as credit_system,
        'credit:' || credit.system || ':' || credit.id as credit,
        row_number() over (
            partition by drifting.customer_key, drifting.currency, drifting.month
            order by abs(drift.amount) desc, returned.id asc, returned.system asc
        ) as place
    from drifting
    inner join current_drift as drift
        on
            drifting.customer_key = drift.customer_key
            and drifting.currency = drift.currency
            and drifting.month = drift.month
    cross join
        lateral (
            select
                ledger.system,
                ledger.id
            from ledger
            where ledger.record = drift.return_record
            limit 1
        ) as returned
    left join lateral (
        select
            ledger.system,
            ledger.id
        from ledger
        where ledger.record = drift.credit_record
        limit 1
    ) as credit on true
)

select
    concat('customer:', drifting.customer_id, ':', drifting.currency, ':', to_char(drifting.month, 'YYYY-MM'))
        as subject,
    '' as leg,
    null::uuid as record,
    null::uuid as other,
    null::uuid as return_record,
    null::uuid as group_key,
    concat_ws(':', drifting.customer_key, drifting.currency, to_char(drifting.month, 'YYYY-MM')) as shard,
    null::text as sku,
    abs(drifting.amount) as amount,
    drifting.currency,
    drifting.changed_at as age_from,
    drifting.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Small differences on the credits of ', drifting.returns, ' returns of customer ', drifting.customer_id,
        ' add up to ', money(abs(drifting.amount), drifting.currency), ' in ', to_char(drifting.month, 'FMMonth YYYY')
    ) as title,
    pieces.systems,
    jsonb_build_array(
        evidence(
            'sum of differences', '0', 'expected credits', trim_scale(round(drifting.amount, 4))::text, 'credits'
        )
    ) || pieces.evidence as evidence,
    '[]'::jsonb as suggestions
from drifting
cross join
    lateral (
        select
            jsonb_agg(
                evidence('difference', '0', piece.returned, trim_scale(round(piece.amount, 4))::text, piece.credit)
                order by piece.place
            ) filter (where piece.place <= 20) as evidence,
            array(
                select distinct named.system
                from unnest(array_agg(piece.return_system) || array_agg(piece.credit_system)) as named (system)
                where named.system is not null
                order by named.system
            ) as systems
        from piece
        where
            piece.customer_key = drifting.customer_key
            and piece.currency = drifting.currency
            and piece.month = drifting.month
    ) as pieces
