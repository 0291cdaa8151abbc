-- Several live documents of one return together exceed what it should be credited (checks.md, *Credits*).
select
    concat('credit:', credit.system, ':', credit.id) as subject,
    '' as leg,
    credit.record,
    null::uuid as other,
    settlement.record as return_record,
    settlement.group_key,
    settlement.group_key::text as shard,
    null::text as sku,
    settlement.credited - settlement.high as amount,
    settlement.currency,
    credit.issued_at as age_from,
    credit.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Return ', settlement.id, ' is credited ', settlement.documents, ' times: ',
        money(settlement.credited - settlement.high, settlement.currency), ' too much'
    ) as title,
    array[credit.system] as systems,
    jsonb_build_array(
        evidence(
            'net goods credited',
            trim_scale(round(settlement.high, 4))::text,
            concat('return:', settlement.system, ':', settlement.id),
            trim_scale(settlement.credited)::text,
            concat('credit:', credit.system, ':', credit.id)
        ),
        evidence(
            'documents', '1', null, settlement.documents::text, concat('credit:', credit.system, ':', credit.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from return_settlement as settlement
inner join current_credit as credit on settlement.latest = credit.record
where
    settlement.documents > 1
    and settlement.currencies = array[settlement.currency]
    and round(settlement.credited - settlement.high, 12) > settlement.tolerance
