-- A warehouse order that cannot be picked or sent as it stands (checks.md, *Orders*).
select
    concat('order:', held.system, ':', held.id) as subject,
    '' as leg,
    held.record,
    group_order.record as other,
    null::uuid as return_record,
    held.group_key,
    held.group_key::text as shard,
    null::text as sku,
    group_order.net_goods as amount,
    group_order.currency,
    held.changed_at as age_from,
    held.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ', held.id, ' has no ',
        concat_ws(
            ', no ',
            case when not held.has_ship_to then 'delivery address' end,
            case when not held.has_lines then 'lines' end,
            'unit for ' || array_to_string(unpacked.skus, ', ')
        )
    ) as title,
    array[held.system] as systems,
    jsonb_build_array(
        evidence(
            'ship_to',
            'an address',
            null,
            case when held.has_ship_to then 'given' else 'none' end,
            concat('order:', held.system, ':', held.id)
        ),
        evidence(
            'lines',
            'with a unit each',
            null,
            case
                when
                    held.has_lines
                    then coalesce('no unit for ' || array_to_string(unpacked.skus, ', '), 'given')
                else 'none'
            end,
            concat('order:', held.system, ':', held.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_order as held
left join group_order on held.group_key = group_order.group_key
cross join
    lateral (
        select array_agg(distinct line.raw_sku) as skus
        from current_line as line
        inner join resolved_sku on held.system = resolved_sku.system and line.raw_sku = resolved_sku.raw_sku
        where line.record = held.record and line.uom is null and resolved_sku.official_pack > 1
    ) as unpacked
where
    held.system_kind = 'warehouse'
    and held.live
    and (not held.has_ship_to or not held.has_lines or unpacked.skus is not null)
