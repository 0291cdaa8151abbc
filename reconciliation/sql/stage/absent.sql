-- Live orders that travel on a flow of which the target has none in the group; `fed`: the target sends orders.
-- `held`: a rightful hold towards a warehouse (checks.md, *Notation*).
insert into absent_order
select
    leg.flow,
    source.group_key,
    source.record,
    source.system,
    source.id,
    leg.source_name,
    leg.target,
    leg.target_name,
    source.placed_at,
    leg.grace,
    source.net_goods,
    source.currency,
    leg.target_kind = 'warehouse',
    source.method,
    leg.target_kind = 'warehouse' and (
        source.hold is not null
        or (
            coalesce(source.method <> 'on_account', false)
            and coalesce(source.payment_status in ('pending', 'failed', 'void'), false)
        )
    ),
    last_outcome.result,
    last_outcome.error_code,
    last_outcome.error_message,
    last_outcome.at,
    first_sent.system is not null
from order_copy
inner join leg on order_copy.flow = leg.flow
inner join current_order as source on order_copy.record = source.record
left join first_sent
    on leg.target = first_sent.system and first_sent.type = 'order' and first_sent.at <= %(as_of)s
left join last_outcome on source.record = last_outcome.about and leg.flow = last_outcome.flow
where
    order_copy.side = 'source'
    and order_copy.live
    and not exists (
        select from order_copy as target
        where
            target.flow = order_copy.flow and target.group_key = order_copy.group_key and target.side = 'target'
    )
