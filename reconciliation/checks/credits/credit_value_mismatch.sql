-- The live documents of a return together differ from what it should be credited (checks.md, *Credits*).
select
    concat('credit:', credit.system, ':', credit.id) as subject,
    '' as leg,
    credit.record,
    null::uuid as other,
    settlement.record as return_record,
    settlement.group_key,
    settlement.group_key::text as shard,
    null::text as sku,
    greatest(settlement.low - settlement.credited, settlement.credited - settlement.high) as amount,
    settlement.currency,
    greatest(settlement.changed_at, settlement.credits_changed_at) as age_from,
    greatest(settlement.changed_at, settlement.credits_changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Credit ', credit.id, ' is ',
        money(
            greatest(settlement.low - settlement.credited, settlement.credited - settlement.high), settlement.currency
        ),
        case when settlement.credited > settlement.high then ' above' else ' below' end,
        ' the invoiced price of what came back with ', settlement.id
    ) as title,
    array_remove(array[credit.system, nullif(settlement.system, credit.system)], null) as systems,
    jsonb_build_array(
        evidence(
            'net goods credited',
            case
                when settlement.low = settlement.high then trim_scale(round(settlement.expected, 4))::text
                else concat(trim_scale(round(settlement.low, 4)), ' to ', trim_scale(round(settlement.high, 4)))
            end,
            concat('return:', settlement.system, ':', settlement.id),
            trim_scale(settlement.credited)::text,
            concat('credit:', credit.system, ':', credit.id)
        ),
        evidence('documents', '1', null, settlement.documents::text, concat('credit:', credit.system, ':', credit.id))
    ) as evidence,
    jsonb_build_array(
        jsonb_build_object('credit', trim_scale(round(settlement.expected, 4))::text, 'currency', settlement.currency)
    ) as suggestions
from return_settlement as settlement
inner join current_credit as credit on settlement.latest = credit.record
where
    settlement.status in ('received', 'inspected', 'closed')
    and settlement.documents > 0
    and settlement.currencies = array[settlement.currency]
    and (
        round(settlement.low - settlement.credited, 12) > settlement.tolerance
        or round(settlement.credited - settlement.high, 12) > settlement.tolerance
    )
