-- A return is asked for in a portal that does not know the order yet (checks.md, *Returns*).
select
    concat('return:', returned.system, ':', returned.id) as subject,
    leg.flow as leg,
    returned.record,
    source.record as other,
    returned.record as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    null::text as sku,
    returned.refund_amount as amount,
    returned.currency,
    returned.changed_at as age_from,
    returned.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Return ',
        returned.id,
        coalesce(' of ' || money(returned.refund_amount, returned.currency), ''),
        ' waits: ',
        leg.target_name,
        ' does not know order ', source.id
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'order', concat('order:', source.system, ':', source.id), leg.source, 'none', leg.target
        ),
        evidence(
            'status',
            null,
            null,
            concat_ws(' ', returned.status, returned.rejection_reason),
            concat('return:', returned.system, ':', returned.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from leg
inner join current_return as returned on leg.target = returned.system
inner join order_side as source_side
    on leg.flow = source_side.flow and returned.group_key = source_side.group_key and source_side.side = 'source'
inner join current_order as source on source_side.named_live = source.record
inner join first_sent on leg.target = first_sent.system and first_sent.type = 'order' and first_sent.at <= %(as_of)s
where
    leg.record = 'order'
    and returned.portal
    and returned.speaks
    and (
        returned.status = 'requested'
        or (returned.status = 'rejected' and returned.rejection_reason = 'order_not_found')
    )
    and not exists (
        select from current_order
        where current_order.group_key = returned.group_key and current_order.system = leg.target
    )
