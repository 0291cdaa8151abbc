-- A credit for returned goods that names no return, beside a return that is still alive (checks.md, *Credits*).
select
    concat('credit:', credit.system, ':', credit.id) as subject,
    '' as leg,
    credit.record,
    returned.record as other,
    null::uuid as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    null::text as sku,
    credit.net_goods as amount,
    credit.currency,
    greatest(credit.changed_at, returned.changed_at) as age_from,
    greatest(credit.changed_at, returned.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Credit ',
        credit.id,
        ' of ',
        money(credit.net_goods, credit.currency),
        ' names no return, though its order has return ',
        returned.id
    ) as title,
    array[credit.system, returned.system] as systems,
    jsonb_build_array(
        evidence(
            'refs.rma',
            coalesce(returned.rma, returned.id),
            concat('return:', returned.system, ':', returned.id),
            'none',
            concat('credit:', credit.system, ':', credit.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_credit as credit
inner join lateral (
    select current_return.*
    from current_credit as copy
    inner join current_return on copy.group_key = current_return.group_key
    where
        copy.document = credit.document
        and copy.realm = credit.realm
        and current_return.portal
        and current_return.speaks
        and current_return.live
    order by current_return.requested_at, current_return.id, current_return.system
    limit 1
) as returned on true
where
    credit.speaks
    and credit.live
    and credit.reason = 'return'
    and not exists (
        select from credit_reference as rma
        where rma.document = credit.document and rma.realm = credit.realm and rma.scheme = 'rma'
    )
