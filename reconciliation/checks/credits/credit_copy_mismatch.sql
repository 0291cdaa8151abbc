-- Copies of one credit document say different amounts (checks.md, *Credits*).
select
    concat('credit:', credit.system, ':', credit.id) as subject,
    '' as leg,
    credit.record,
    named.record as other,
    null::uuid as return_record,
    credit.group_key,
    credit.group_key::text as shard,
    null::text as sku,
    case when credit.currency = named.currency then abs(credit.net_goods - named.net_goods) end as amount,
    credit.currency,
    greatest(credit.changed_at, named.changed_at) as age_from,
    greatest(credit.changed_at, named.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Credit ',
        credit.id,
        ' in ',
        credit.system,
        ' says ',
        money(credit.net_goods, credit.currency),
        ', its copy ',
        named.id,
        ' in ',
        named.system,
        ' ',
        money(named.net_goods, named.currency),
        case
            when credit.currency = named.currency
                then ': ' || money(abs(credit.net_goods - named.net_goods), credit.currency) || ' apart'
        end
    ) as title,
    array[credit.system, named.system] as systems,
    jsonb_build_array(
        evidence(
            'net goods',
            concat_ws(' ', trim_scale(named.net_goods), named.currency),
            concat('credit:', named.system, ':', named.id),
            concat_ws(' ', trim_scale(credit.net_goods), credit.currency),
            concat('credit:', credit.system, ':', credit.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_credit as credit
inner join current_credit as named on credit.document = named.document and credit.realm = named.realm and named.speaks
where
    credit.in_scope
    and not credit.speaks
    and credit.live
    and named.live
    and (credit.currency <> named.currency or abs(credit.net_goods - named.net_goods) > 0.01)
