-- The order's lines changed after its return was asked for (checks.md, *Returns*).
select
    concat('return:', returned.system, ':', returned.id) as subject,
    '' as leg,
    returned.record,
    group_order.record as other,
    returned.record as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    null::text as sku,
    group_order.net_goods
    - (then_content.total - coalesce(then_content.tax, 0) - coalesce(then_content.shipping, 0)) as amount,
    group_order.currency,
    greatest(returned.changed_at, group_order.changed_at) as age_from,
    greatest(returned.changed_at, group_order.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ', group_order.id, ' was changed after return ', returned.id, ' was requested on ',
        to_char(returned.requested_at at time zone 'UTC', 'FMDD Mon YYYY')
    ) as title,
    array[returned.system, group_order.system] as systems,
    jsonb_build_array(
        evidence(
            'net goods',
            trim_scale(then_content.total - coalesce(then_content.tax, 0) - coalesce(then_content.shipping, 0))::text,
            concat('order:', group_order.system, ':', group_order.id, ' at ', returned.requested_at),
            trim_scale(group_order.net_goods)::text,
            concat('order:', group_order.system, ':', group_order.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_return as returned
inner join group_order on returned.group_key = group_order.group_key
inner join ledger as then_entry
    on
        group_order.record = then_entry.record
        and then_entry.at <= returned.requested_at
        and (then_entry.until is null or then_entry.until > returned.requested_at)
inner join order_content as then_content on then_entry.content = then_content.content
where
    returned.portal
    and returned.speaks
    and returned.live
    and returned.status is distinct from 'closed'
    and then_entry.content <> group_order.content
    and exists (
        select from (
            select
                resolved.base_sku as sku,
                sum(line.quantity * coalesce(line.pack_size, resolved.pack_size)) as quantity,
                sum(
                    case
                        when then_content.discount <> 0 and whole.net <> 0
                            then line.net - round(then_content.discount * line.net, 30) / whole.net
                        else line.net
                    end
                ) as net
            from (
                select
                    order_line.*,
                    order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0) as net
                from order_line
                where order_line.content = then_content.content
            ) as line
            cross join (
                select sum(order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0)) as net
                from order_line
                where order_line.content = then_content.content
            ) as whole
            cross join lateral resolve_sku(group_order.system, line.sku, %(as_of)s) as resolved
            group by resolved.base_sku
        ) as before
        full outer join (
            select
                current_item.sku,
                current_item.quantity,
                current_item.net
            from current_item
            where current_item.record = group_order.record
        ) as now on before.sku = now.sku
        where
            coalesce(before.quantity, 0) <> coalesce(now.quantity, 0)
            or round(abs(before.net / nullif(before.quantity, 0) - now.net / nullif(now.quantity, 0)), 12) > 0
    )
