-- The integration reports a success, and the target has nothing (checks.md, *Sync*).
with said as (
    select
        last_outcome.*,
        leg.record as flow_record,
        leg.target_name,
        leg.grace
    from last_outcome
    inner join leg on last_outcome.flow = leg.flow
    inner join first_sent
        on leg.target = first_sent.system and leg.record = first_sent.type and first_sent.at <= %(as_of)s
    where last_outcome.result = 'success' and leg.record in ('order', 'return', 'credit', 'fulfilment')
)

select
    concat(said.about_type, ':', said.about_system, ':', said.about_id, '>', said.target) as subject,
    said.flow as leg,
    said.about as record,
    null::uuid as other,
    case when said.about_type = 'return' and said.flow_record = 'credit' then said.about end as return_record,
    said.group_key,
    said.group_key::text as shard,
    null::text as sku,
    coalesce(current_order.net_goods, current_credit.net_goods) as amount,
    coalesce(current_order.currency, current_credit.currency) as currency,
    said.at as age_from,
    said.at + said.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        initcap(said.about_type),
        ' ',
        said.about_id,
        ' is reported as synced to ',
        said.target_name,
        ', which has no such ',
        said.flow_record
    ) as title,
    array[said.about_system, said.target] as systems,
    jsonb_build_array(
        evidence(
            said.flow_record,
            coalesce(said.target_id, 'a record'),
            concat('outcome:', said.outcome),
            'none',
            said.target
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from said
left join current_record on said.about = current_record.record
left join current_order on said.about = current_order.record
left join current_return on said.about = current_return.record
left join current_credit on said.about = current_credit.record and current_credit.in_scope
left join current_fulfilment on said.about = current_fulfilment.record
where
    not (
        current_record.record is null
        and exists (
            select from ledger
            where
                ledger.record = said.about
                and ledger.at <= %(as_of)s
                and (ledger.until is null or ledger.until > %(as_of)s)
                and ledger.content is null
        )
    )
    and coalesce(
        coalesce(current_order.status, current_return.status, current_credit.status, current_fulfilment.status)
        not in ('cancelled', 'rejected', 'void'), true
    )
    and not case
        when said.target_id is not null
            then exists (
                select from ledger
                where
                    ledger.record = record_key(said.flow_record, said.target, said.target_id)
                    and ledger.at <= %(as_of)s
                    and (ledger.until is null or ledger.until > %(as_of)s)
                    and ledger.content is not null
            )
        else exists (
            select from current_record as arrived
            left join current_reference as rma on arrived.record = rma.record and rma.scheme = 'rma'
            where
                arrived.group_key = said.group_key
                and arrived.system = said.target
                and arrived.type = said.flow_record
                and (
                    said.about_type <> 'return'
                    or coalesce(current_return.rma, said.rma) is null
                    or rma.norm = coalesce(current_return.rma, said.rma)
                )
        )
    end
