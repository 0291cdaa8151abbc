-- Goods came back and the customer waits for the credit longer than agreed (checks.md, *Credits*).
select
    concat('return:', settlement.system, ':', settlement.id) as subject,
    '' as leg,
    settlement.record,
    null::uuid as other,
    settlement.record as return_record,
    settlement.group_key,
    settlement.group_key::text as shard,
    null::text as sku,
    settlement.expected as amount,
    settlement.currency,
    settlement.aged_from as age_from,
    settlement.aged_from + settlement.within as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Return ', settlement.id, ' came back on ', to_char(settlement.aged_from at time zone 'UTC', 'FMDD Mon YYYY'),
        ' and its credit of ', money(settlement.expected, settlement.currency), ' is missing'
    ) as title,
    array[settlement.system] as systems,
    jsonb_build_array(
        evidence(
            'credit', trim_scale(round(settlement.expected, 4))::text,
            concat('return:', settlement.system, ':', settlement.id), 'none', 'every credit system'
        ),
        evidence(
            'received_at', 'credit by ' || (settlement.aged_from + settlement.within)::text, 'the credit flow',
            settlement.aged_from::text, concat('return:', settlement.system, ':', settlement.id)
        )
    ) as evidence,
    jsonb_build_array(
        jsonb_build_object(
            'credit', trim_scale(round(settlement.expected, 4))::text,
            'currency', settlement.currency,
            'lines', goods.lines
        )
    ) as suggestions
from return_settlement as settlement
cross join
    lateral (
        select
            jsonb_agg(
                jsonb_build_object(
                    'sku', line.sku,
                    'quantity', trim_scale(line.accepted)::text,
                    'amount', trim_scale(round(line.accepted * price.price, 4))::text
                )
                order by line.position
            ) as lines
        from current_line as line
        inner join group_order on line.group_key = group_order.group_key
        inner join current_item as price on group_order.record = price.record and line.sku = price.sku
        where line.record = settlement.record
    ) as goods
where
    settlement.status in ('received', 'inspected', 'closed')
    and settlement.resolution in ('refund', 'credit')
    and settlement.expected > 0
    and settlement.documents = 0
    and not exists (
        select from current_credit as copy
        inner join current_credit as credit on copy.document = credit.document and copy.realm = credit.realm
        where
            copy.group_key = settlement.group_key
            and credit.speaks
            and credit.live
            and credit.reason = 'return'
            and not exists (
                select from credit_reference as rma
                where rma.document = credit.document and rma.realm = credit.realm and rma.scheme = 'rma'
            )
    )
    and exists (
        select from first_sent
        inner join system on first_sent.system = system.key
        where
            first_sent.type = 'credit'
            and first_sent.at <= %(as_of)s
            and case
                when
                    exists (
                        select from leg
                        where leg.record = 'credit' and leg.source = settlement.system
                    )
                    then first_sent.system in (
                        select leg.target from leg
                        where leg.record = 'credit' and leg.source = settlement.system
                    )
                else 'credit' = any(system.authority)
            end
    )
