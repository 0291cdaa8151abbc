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
        'Order ', held.id, ' (' || money(group_order.net_goods, group_order.currency) || ')', ' has no ', lacking.words
    ) as title,
    array[held.system] as systems,
    lacking.evidence,
    '[]'::jsonb as suggestions
from current_order as held
left join group_order on held.group_key = group_order.group_key
cross join
    lateral (
        select
            'order:' || held.system || ':' || held.id as here,
            'order:' || group_order.system || ':' || group_order.id as there
    ) as named
cross join
    lateral (
        select
            string_agg(piece.words, ', no ' order by piece.position, piece.words) as words,
            jsonb_agg(piece.evidence order by piece.position, piece.words) as evidence
        from (
            select
                1 as position,
                'delivery address' as words,
                evidence('ship_to', 'an address', named.there, 'none', named.here) as evidence
            where not held.has_ship_to
            union all
            select
                2 as position,
                'lines' as words,
                evidence('lines', 'at least one', named.there, 'none', named.here) as evidence
            where not held.has_lines
            union all
            select distinct
                3 as position,
                'unit for ' || line.raw_sku as words,
                evidence(
                    'uom of ' || line.raw_sku,
                    'the unit: a pack holds ' || trim_scale(resolved_sku.official_pack),
                    'product authority',
                    'none',
                    named.here
                ) as evidence
            from current_line as line
            inner join resolved_sku on held.system = resolved_sku.system and line.raw_sku = resolved_sku.raw_sku
            where line.record = held.record and line.uom is null and resolved_sku.official_pack > 1
        ) as piece
    ) as lacking
where held.system_kind = 'warehouse' and held.live and lacking.words is not null
