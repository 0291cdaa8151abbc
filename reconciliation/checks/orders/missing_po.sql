-- A record without the purchase order that its system requires and that the order carries (checks.md, *Orders*).
select
    concat(standing.type, ':', standing.system, ':', standing.id) as subject,
    '' as leg,
    standing.record,
    group_order.record as other,
    case when standing.type = 'return' then standing.record end as return_record,
    standing.group_key,
    standing.group_key::text as shard,
    null::text as sku,
    standing.net_goods as amount,
    standing.currency,
    standing.changed_at as age_from,
    standing.changed_at
    + case when standing.record = group_order.record then interval '0' else standing.grace end as ripe_at,
    null::timestamptz as expires_at,
    concat(
        initcap(standing.type), ' ', standing.id,
        case
            when stated.value is null then ' carries no purchase order' else ' carries purchase order ' || stated.value
        end,
        coalesce(', the order says ' || wanted.value, '')
    ) as title,
    array[standing.system] as systems,
    jsonb_build_array(
        evidence(
            'refs.purchase_order',
            coalesce(wanted.value, 'a purchase order'),
            concat('order:', group_order.system, ':', group_order.id),
            coalesce(stated.value, 'none'),
            concat(standing.type, ':', standing.system, ':', standing.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from standing_record as standing
inner join system on standing.system = system.key
inner join group_order on standing.group_key = group_order.group_key
left join current_reference as stated on standing.record = stated.record and stated.scheme = 'purchase_order'
left join current_reference as wanted on group_order.record = wanted.record and wanted.scheme = 'purchase_order'
where
    system.requires -> standing.type ? 'purchase_order'
    and case
        when standing.record = group_order.record then stated.norm is null and group_order.method = 'on_account'
        else wanted.norm is not null and stated.norm is distinct from wanted.norm
    end
