-- Cash goes back to a buyer on account, or a refund of such an order was refused because there is nothing to refund to
-- (checks.md, *Credits*).
with refund as (
    select
        credit.*,
        returned.record as return_record
    from current_credit as credit
    inner join group_order on credit.group_key = group_order.group_key
    left join lateral (
        select
            current_return.record,
            current_return.group_key,
            current_return.status,
            current_return.system,
            current_return.id,
            coalesce(current_return.received_at, current_return.inspected_at) as stated_receipt
        from credit_reference as rma
        inner join current_return on rma.norm = current_return.rma and rma.realm = current_return.realm
        where
            rma.document = credit.document
            and rma.realm = credit.realm
            and rma.scheme = 'rma'
            and current_return.portal
            and current_return.speaks
        order by current_return.requested_at, current_return.id
        limit 1
    ) as returned on true
    where
        credit.speaks
        and credit.in_scope
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
        refund.id,
        concat_ws(' ', refund.kind, refund.status) as said
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
        returned.id,
        concat_ws(' ', last_outcome.result, last_outcome.error_code, last_outcome.error_message)
    from last_outcome
    inner join leg on last_outcome.flow = leg.flow and leg.record = 'credit'
    inner join current_return as returned on last_outcome.about = returned.record
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
    null::uuid as other,
    wrong.return_record,
    wrong.group_key,
    wrong.group_key::text as shard,
    null::text as sku,
    wrong.amount,
    wrong.currency,
    wrong.age_from,
    wrong.age_from as ripe_at,
    null::timestamptz as expires_at,
    concat(
        coalesce(money(wrong.amount, wrong.currency) || ' of ', ''), split_part(wrong.subject, ':', 1), ' ', wrong.id,
        ' goes to the payer though the order is on account'
    ) as title,
    array[wrong.system] as systems,
    jsonb_build_array(
        evidence(
            'method', 'credit to the account', null, wrong.said, wrong.subject
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from wrong
