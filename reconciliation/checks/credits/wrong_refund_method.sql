-- Cash goes back to a buyer on account, or a refund of such an order was refused because there is nothing to refund to
-- (checks.md, *Credits*).
with credit_group as (
    select distinct
        document,
        realm,
        group_key
    from current_credit
    where in_scope
),

refund as (
    select
        credit.record,
        credit.system,
        credit.id,
        credit.kind,
        credit.status,
        credit.net_goods,
        credit.currency,
        credit.changed_at,
        group_order.group_key,
        returned.record as return_record
    from current_credit as credit
    inner join credit_group as belonging on credit.document = belonging.document and credit.realm = belonging.realm
    inner join group_order on belonging.group_key = group_order.group_key
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
    where
        credit.speaks
        and group_order.method = 'on_account'
        and credit.kind = 'refund'
        and credit.reason = 'return'
        and (credit.live or credit.status = 'failed')
),

wrong as (
    select
        concat('credit:', refund.system, ':', refund.id) as subject,
        refund.system,
        refund.record,
        refund.return_record,
        refund.group_key,
        refund.net_goods as amount,
        refund.currency,
        refund.changed_at as age_from,
        concat(
            'Refund ', refund.id, ' of ', money(refund.net_goods, refund.currency),
            case when refund.status = 'failed' then ' failed' else ' goes to the payer' end
        ) as title,
        concat_ws(' ', refund.kind, refund.status) as said,
        concat('credit:', refund.system, ':', refund.id) as said_by
    from refund
    union all
    select
        concat('return:', returned.system, ':', returned.id),
        returned.system,
        returned.record,
        returned.record,
        returned.group_key,
        expectation.expected,
        expectation.currency,
        last_outcome.at,
        concat(
            'The refund of return ', returned.id,
            coalesce(' (' || money(expectation.expected, expectation.currency) || ')', ''), ' was refused'
        ),
        concat_ws(' ', last_outcome.result, last_outcome.error_code, last_outcome.error_message),
        concat('outcome:', last_outcome.outcome)
    from last_outcome
    inner join leg on last_outcome.flow = leg.flow and leg.record = 'credit'
    inner join current_return as returned
        on last_outcome.about = returned.record and returned.portal and returned.speaks
    inner join group_order on returned.group_key = group_order.group_key
    left join return_expectation as expectation on returned.record = expectation.return_record
    where
        last_outcome.result = 'failed'
        and last_outcome.error_code = 'refund_rejected'
        and group_order.method = 'on_account'
        and not exists (
            select from refund
            where refund.group_key = returned.group_key
        )
)

select
    wrong.subject,
    '' as leg,
    wrong.record,
    group_order.record as other,
    wrong.return_record,
    wrong.group_key,
    wrong.group_key::text as shard,
    null::text as sku,
    wrong.amount,
    wrong.currency,
    wrong.age_from,
    wrong.age_from as ripe_at,
    null::timestamptz as expires_at,
    concat(wrong.title, ', though order ', group_order.id, ' is on account') as title,
    array[wrong.system] as systems,
    jsonb_build_array(
        evidence(
            'refund method',
            'credit to the account',
            concat('order:', group_order.system, ':', group_order.id),
            wrong.said,
            wrong.said_by
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from wrong
inner join group_order on wrong.group_key = group_order.group_key
