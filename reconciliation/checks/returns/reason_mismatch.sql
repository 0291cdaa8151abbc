-- Two systems give different reasons for the return of a SKU (checks.md, *Returns*).
with reason as (
    select
        line.record,
        line.sku,
        array_agg(distinct reason_code.canonical order by reason_code.canonical) as reasons,
        string_agg(distinct concat(reason_code.canonical, ' (', line.reason, ')'), ', ') as told,
        bool_and(reason_code.canonical is not null) as mapped
    from current_line as line
    inner join current_return on line.record = current_return.record
    left join reason_code on current_return.system = reason_code.system and line.reason = reason_code.raw_key
    where line.reason is not null
    group by line.record, line.sku
)

select
    concat('return:', target.system, ':', target.id, '#', source_reason.sku) as subject,
    leg.flow as leg,
    target.record,
    source.record as other,
    source.record as return_record,
    target.group_key,
    target.group_key::text as shard,
    source_reason.sku,
    null::numeric as amount,
    null::text as currency,
    greatest(source.changed_at, target.changed_at) as age_from,
    greatest(source.changed_at, target.changed_at) + leg.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        source_reason.sku,
        ' of return ',
        source.id,
        ' comes back for ',
        array_to_string(target_reason.reasons, ', '),
        ' in ',
        leg.target_name,
        ', but for ',
        array_to_string(source_reason.reasons, ', '),
        ' in ',
        leg.source_name
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'reason of ' || source_reason.sku,
            source_reason.told,
            concat('return:', source.system, ':', source.id),
            target_reason.told,
            concat('return:', target.system, ':', target.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from leg
inner join current_return as source on leg.source = source.system and source.speaks
inner join current_return as target
    on leg.target = target.system and source.group_key = target.group_key and source.rma = target.rma and target.speaks
inner join reason as source_reason on source.record = source_reason.record
inner join reason as target_reason on target.record = target_reason.record and source_reason.sku = target_reason.sku
where
    leg.record = 'return'
    and 'reason' = any(leg.compare)
    and travels(leg.only_these, null, source.currency, array[source.raw_status, source.status], source.customer_id)
    and source_reason.mapped
    and target_reason.mapped
    and source_reason.reasons <> target_reason.reasons
