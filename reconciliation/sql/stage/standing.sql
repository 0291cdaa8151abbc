-- The records that stand: live orders and returns, credits neither void nor failed, fulfilments not cancelled; with the
-- grace of the flow that brings such records into their system (none: at once).
insert into standing_record
select
    current_record.group_key,
    current_record.record,
    current_record.type,
    current_record.system,
    current_record.id,
    current_record.changed_at,
    coalesce(current_order.net_goods, current_credit.net_goods),
    coalesce(current_order.currency, current_credit.currency),
    coalesce(way.grace, '0')
from current_record
left join current_order on current_record.record = current_order.record
left join current_return on current_record.record = current_return.record
left join current_credit on current_record.record = current_credit.record
left join current_fulfilment on current_record.record = current_fulfilment.record
left join lateral (
    select leg.grace
    from leg
    where leg.target = current_record.system and leg.record = current_record.type
    order by
        not exists (
            select from current_record as beginning
            where beginning.group_key = current_record.group_key and beginning.system = leg.source
        ),
        leg.grace
    limit 1
) as way on true
inner join system on current_record.system = system.key
where
    system.requires ? current_record.type
    and case current_record.type
        when 'order' then current_order.live
        when 'return' then current_return.live
        when 'credit' then current_credit.status is null or current_credit.status not in ('void', 'failed')
        when 'fulfilment' then current_fulfilment.status is distinct from 'cancelled'
    end;
analyze standing_record;
