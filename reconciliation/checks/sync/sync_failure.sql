-- The integration says that a record did not arrive, and it has not arrived since (checks.md, *Sync*).
with failed as (
    select
        last_outcome.group_key,
        last_outcome.about,
        last_outcome.about_type,
        last_outcome.about_system,
        last_outcome.about_id,
        last_outcome.flow,
        last_outcome.target,
        last_outcome.outcome,
        last_outcome.at,
        last_outcome.result,
        last_outcome.error_code,
        last_outcome.error_message,
        leg.record as flow_record,
        leg.target_name,
        leg.target_kind,
        leg.grace,
        current_order.method,
        current_order.hold,
        current_order.payment_status,
        coalesce(current_return.rma, last_outcome.rma) as rma,
        refused.record as refused_return,
        coalesce(current_order.net_goods, current_credit.net_goods) as net_goods,
        coalesce(current_order.currency, current_credit.currency) as currency,
        coalesce(current_order.status, current_return.status, current_credit.status, current_fulfilment.status)
            as status,
        current_record.record is null
        and exists (
            select from ledger
            where
                ledger.record = last_outcome.about
                and ledger.at <= %(as_of)s
                and (ledger.until is null or ledger.until > %(as_of)s)
                and ledger.content is null
        ) as deleted
    from last_outcome
    inner join leg on last_outcome.flow = leg.flow
    left join current_record on last_outcome.about = current_record.record
    left join current_order on last_outcome.about = current_order.record
    left join current_return on last_outcome.about = current_return.record
    left join current_credit on last_outcome.about = current_credit.record and current_credit.in_scope
    left join current_fulfilment on last_outcome.about = current_fulfilment.record
    left join lateral (
        select its.record
        from current_reference as rma
        inner join current_return as its on rma.group_key = its.group_key and rma.norm = its.rma
        where rma.record = last_outcome.about and rma.scheme = 'rma' and its.portal and its.speaks
        limit 1
    ) as refused on last_outcome.about_type = 'credit'
    where last_outcome.result = 'failed'
)

select
    concat(about_type, ':', about_system, ':', about_id, '>', target) as subject,
    flow as leg,
    about as record,
    case when error_code = 'refund_rejected' then coalesce(refused_return, about) end as other,
    case when about_type = 'return' and flow_record = 'credit' then about end as return_record,
    group_key,
    group_key::text as shard,
    null::text as sku,
    net_goods as amount,
    currency,
    at as age_from,
    case
        when
            error_code in ('rate_limited', 'timeout') or (error_code = 'payment_pending' and method = 'on_account')
            then at + grace
        else at
    end as ripe_at,
    null::timestamptz as expires_at,
    concat(
        initcap(replace(about_type, '_', ' ')), ' ', about_id, ' did not reach ', target_name,
        coalesce(': ' || coalesce(error_message, replace(error_code, '_', ' ')), '')
    ) as title,
    array[about_system, target] as systems,
    jsonb_build_array(
        evidence(
            'result', 'success', concat(about_type, ':', about_system, ':', about_id),
            concat_ws(' ', result, error_code, error_message), concat('outcome:', outcome)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from failed
where
    not deleted
    and coalesce(status not in ('cancelled', 'rejected', 'void'), true)
    and not (
        coalesce(error_code = 'payment_pending', false)
        and target_kind = 'warehouse'
        and (
            hold is not null
            or (
                coalesce(method <> 'on_account', false)
                and coalesce(payment_status in ('pending', 'failed', 'void'), false)
            )
        )
    )
    and not exists (
        select from current_record as arrived
        left join current_reference as rma on arrived.record = rma.record and rma.scheme = 'rma'
        where
            arrived.group_key = failed.group_key
            and arrived.system = failed.target
            and arrived.type = failed.flow_record
            and arrived.at > failed.at
            and (failed.about_type <> 'return' or failed.rma is null or rma.norm = failed.rma)
    )
