-- A refund that was booked and whose money has not moved (checks.md, *Credits*). Its order is that of any copy.
with credit_group as (
    select distinct
        document,
        realm,
        group_key
    from current_credit
    where in_scope
)

select
    concat('credit:', credit.system, ':', credit.id) as subject,
    '' as leg,
    credit.record,
    group_order.record as other,
    null::uuid as return_record,
    group_order.group_key,
    group_order.group_key::text as shard,
    null::text as sku,
    credit.net_goods as amount,
    credit.currency,
    credit.issued_at as age_from,
    credit.issued_at + coalesce(way.grace, '3 days') as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Refund ', credit.id, ' of ', money(credit.net_goods, credit.currency), ' was booked on ',
        to_char(credit.issued_at at time zone 'UTC', 'FMDD Mon YYYY'), ' and has not been paid out'
    ) as title,
    array[credit.system] as systems,
    jsonb_build_array(
        evidence(
            'settled',
            'true by ' || (credit.issued_at + coalesce(way.grace, '3 days'))::text,
            coalesce('flow:' || way.flow, 'three days, where no flow says'),
            'false',
            concat('credit:', credit.system, ':', credit.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_credit as credit
inner join credit_group as belonging on credit.document = belonging.document and credit.realm = belonging.realm
inner join group_order on belonging.group_key = group_order.group_key
left join lateral (
    select
        leg.flow,
        leg.grace
    from leg
    where leg.record = 'credit' and leg.target = credit.system
    order by
        not exists (
            select from current_record as beginning
            where beginning.group_key = group_order.group_key and beginning.system = leg.source
        ),
        leg.grace,
        leg.flow
    limit 1
) as way on true
where
    credit.speaks
    and credit.live
    and credit.kind = 'refund'
    and credit.settled is false
    and group_order.method <> 'on_account'
