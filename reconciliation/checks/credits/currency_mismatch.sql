-- A return, a credit or a copy of the order in another currency than the order (checks.md, *Credits*). The order of a
-- credit is that of any copy of its document.
with credit_group as (
    select distinct
        document,
        realm,
        group_key
    from current_credit
    where in_scope
),

spoken as (
    select
        group_key,
        'order' as type,
        system,
        id,
        record,
        null::uuid as return_record,
        currency,
        net_goods as amount,
        changed_at
    from current_order
    where live
    union all
    select
        group_key,
        'return',
        system,
        id,
        record,
        record,
        currency,
        refund_amount,
        changed_at
    from current_return
    where live and portal and speaks
    union all
    select
        belonging.group_key,
        'credit',
        credit.system,
        credit.id,
        credit.record,
        returned.record,
        credit.currency,
        credit.net_goods,
        credit.changed_at
    from current_credit as credit
    inner join credit_group as belonging on credit.document = belonging.document and credit.realm = belonging.realm
    left join lateral (
        select current_return.record
        from credit_reference as rma
        inner join current_return on rma.norm = current_return.rma and rma.realm = current_return.realm
        where
            rma.document = credit.document
            and rma.realm = credit.realm
            and rma.scheme = 'rma'
            and current_return.portal
            and current_return.speaks
        order by current_return.requested_at, current_return.id, current_return.system
        limit 1
    ) as returned on true
    where credit.live and credit.speaks
)

select
    concat(spoken.type, ':', spoken.system, ':', spoken.id) as subject,
    '' as leg,
    spoken.record,
    group_order.record as other,
    spoken.return_record,
    spoken.group_key,
    spoken.group_key::text as shard,
    null::text as sku,
    spoken.amount,
    spoken.currency,
    greatest(spoken.changed_at, group_order.changed_at) as age_from,
    greatest(spoken.changed_at, group_order.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        initcap(spoken.type),
        ' ',
        spoken.id,
        ' is in ',
        spoken.currency,
        ', order ',
        group_order.id,
        ' in ',
        group_order.currency
    ) as title,
    array[spoken.system, group_order.system] as systems,
    jsonb_build_array(
        evidence(
            'currency',
            group_order.currency,
            concat('order:', group_order.system, ':', group_order.id),
            spoken.currency,
            concat(spoken.type, ':', spoken.system, ':', spoken.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from spoken
inner join group_order on spoken.group_key = group_order.group_key
where spoken.currency <> group_order.currency and spoken.record <> group_order.record
