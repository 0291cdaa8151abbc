-- A record without the purchase order that its system requires and that the order carries (checks.md, *Orders*).
with own as (
    select
        current_record.*,
        coalesce(current_order.live, current_return.live, current_credit.settles, current_fulfilment.goes) as counts,
        coalesce(current_order.net_goods, current_credit.net_goods) as net_goods,
        coalesce(current_order.currency, current_credit.currency) as currency
    from current_record
    left join current_order on current_record.record = current_order.record
    left join current_return on current_record.record = current_return.record
    left join (
        select
            record,
            net_goods,
            currency,
            status is null or status not in ('void', 'failed') as settles
        from current_credit
    ) as current_credit on current_record.record = current_credit.record
    left join (
        select
            record,
            status is distinct from 'cancelled' as goes
        from current_fulfilment
    ) as current_fulfilment on current_record.record = current_fulfilment.record
    inner join system on current_record.system = system.key
    where system.requires -> current_record.type ? 'purchase_order'
),

compared as (
    select
        own.*,
        po.value as stated,
        wanted.value as wanted,
        group_order.record as speaker,
        group_order.system as speaker_system,
        group_order.id as speaker_id,
        group_order.method,
        way.grace,
        way.flow
    from own
    inner join group_order on own.group_key = group_order.group_key
    left join current_reference as po on own.record = po.record and po.scheme = 'purchase_order'
    left join current_reference as wanted on group_order.record = wanted.record and wanted.scheme = 'purchase_order'
    left join lateral (
        select
            leg.flow,
            leg.grace
        from leg
        where leg.target = own.system and leg.record = own.type
        order by
            not exists (
                select from current_record as beginning
                where beginning.group_key = own.group_key and beginning.system = leg.source
            ),
            leg.grace,
            leg.flow
        limit 1
    ) as way on true
    where
        own.counts
        and case
            when own.record = group_order.record then po.norm is null and group_order.method = 'on_account'
            else wanted.norm is not null and po.norm is distinct from wanted.norm
        end
)

select
    concat(type, ':', system, ':', id) as subject,
    '' as leg,
    record,
    speaker as other,
    case when type = 'return' then record end as return_record,
    group_key,
    group_key::text as shard,
    null::text as sku,
    net_goods as amount,
    currency,
    changed_at as age_from,
    case when record = speaker then changed_at else changed_at + coalesce(grace, '0') end as ripe_at,
    null::timestamptz as expires_at,
    case
        when stated is null
            then concat(
                initcap(type), ' ', id, ' carries no purchase order', coalesce(' (the order says ' || wanted || ')', '')
            )
        else concat(initcap(type), ' ', id, ' carries purchase order ', stated, ', the order says ', wanted)
    end as title,
    array_remove(array[system, nullif(speaker_system, system)], null) as systems,
    jsonb_build_array(
        evidence(
            'refs.purchase_order', coalesce(wanted, 'a purchase order'),
            concat('order:', speaker_system, ':', speaker_id), coalesce(stated, 'none'), concat(type, ':', system, ':', id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from compared
