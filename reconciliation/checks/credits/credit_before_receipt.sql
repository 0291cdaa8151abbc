-- A credit was given before the goods came back (checks.md, *Credits*).
select
    concat('credit:', credit.system, ':', credit.id) as subject,
    '' as leg,
    credit.record,
    returned.record as other,
    returned.record as return_record,
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
        ' was given before return ',
        returned.id,
        ' was received'
    ) as title,
    array[credit.system, returned.system] as systems,
    jsonb_build_array(
        evidence(
            'received',
            'by ' || credit.issued_at::text,
            concat('credit:', credit.system, ':', credit.id),
            concat_ws(' ', returned.status, returned.stated_receipt),
            concat('return:', returned.system, ':', returned.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_credit as credit
inner join lateral (
    select
        current_return.record,
        current_return.group_key,
        current_return.status,
        current_return.changed_at,
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
    order by current_return.requested_at, current_return.id, current_return.system
    limit 1
) as returned on true
where
    credit.speaks
    and credit.live
    and credit.reason = 'return'
    and (
        returned.status not in ('received', 'inspected', 'closed')
        or returned.stated_receipt > credit.issued_at
    )
