-- The order's lines changed after its return was asked for (checks.md, *Returns*).
with edited as (
    select
        returned.record,
        group_order.record as order_record,
        group_order.system as order_system,
        concat('order:', group_order.system, ':', group_order.id) as order_subject,
        before.content,
        before.discount,
        before.currency,
        before.total - coalesce(before.tax, 0) - coalesce(before.shipping, 0) as net_goods
    from current_return as returned
    inner join group_order on returned.group_key = group_order.group_key
    inner join ledger as reign
        on
            group_order.record = reign.record
            and reign.at <= least(returned.requested_at, %(as_of)s)
            and (reign.until is null or reign.until > returned.requested_at)
    inner join order_content as before on reign.content = before.content
    where
        returned.portal
        and returned.speaks
        and returned.live
        and returned.status is distinct from 'closed'
        and group_order.has_lines
        and reign.content <> group_order.content
),

line_before as (
    select
        edited.record,
        edited.discount,
        resolved.base_sku as sku,
        line.quantity * coalesce(line.pack_size, resolved.pack_size) as quantity,
        own.net,
        sum(own.net) over (partition by edited.record) as whole_net
    from edited
    inner join order_line as line on edited.content = line.content
    cross join lateral resolve_sku(edited.order_system, line.sku, %(as_of)s) as resolved
    cross join lateral (select line.unit_price * line.quantity - coalesce(line.discount, 0) as net) as own
),

item_before as (
    select
        record,
        sku,
        sum(quantity) as quantity,
        sum(case when discount <> 0 and whole_net <> 0 then net - round(discount * net, 30) / whole_net else net end)
        / nullif(sum(quantity), 0) as price
    from line_before
    group by record, sku
),

item_now as (
    select
        edited.record,
        current_item.sku,
        current_item.quantity,
        current_item.net / nullif(current_item.quantity, 0) as price
    from edited
    inner join current_item on edited.order_record = current_item.record
    where edited.record in (select item_before.record from item_before)
),

difference as (
    select
        coalesce(item_before.record, item_now.record) as record,
        coalesce(item_before.sku, item_now.sku) as sku,
        concat_ws(' at ', trim_scale(item_before.quantity), trim_scale(round(item_before.price, 6))) as before,
        concat_ws(' at ', trim_scale(item_now.quantity), trim_scale(round(item_now.price, 6))) as now
    from item_before
    full outer join item_now on item_before.record = item_now.record and item_before.sku = item_now.sku
    where
        coalesce(item_before.quantity, 0) <> coalesce(item_now.quantity, 0)
        or round(abs(item_before.price - item_now.price), 12) > 0
)

select
    concat('return:', returned.system, ':', returned.id) as subject,
    '' as leg,
    returned.record,
    group_order.record as other,
    returned.record as return_record,
    returned.group_key,
    returned.group_key::text as shard,
    null::text as sku,
    case when edited.currency = group_order.currency then group_order.net_goods - edited.net_goods end as amount,
    group_order.currency,
    greatest(returned.changed_at, group_order.changed_at) as age_from,
    greatest(returned.changed_at, group_order.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ',
        group_order.id,
        coalesce(
            ' went from ' || money(edited.net_goods, edited.currency)
            || ' to ' || money(group_order.net_goods, group_order.currency),
            ' was changed'
        ),
        ' after return ',
        returned.id,
        ' was requested on ',
        to_char(returned.requested_at at time zone 'UTC', 'FMDD Mon YYYY')
    ) as title,
    array[returned.system, group_order.system] as systems,
    evidence(
        'net goods',
        trim_scale(edited.net_goods)::text,
        concat(edited.order_subject, ' at ', returned.requested_at),
        trim_scale(group_order.net_goods)::text,
        edited.order_subject
    )
    || changed.evidence as evidence,
    '[]'::jsonb as suggestions
from edited
inner join current_return as returned on edited.record = returned.record
inner join group_order on edited.order_record = group_order.record
inner join lateral (
    select
        jsonb_agg(
            evidence(
                'lines of ' || difference.sku,
                coalesce(nullif(difference.before, ''), 'none'),
                concat(edited.order_subject, ' at ', returned.requested_at),
                coalesce(nullif(difference.now, ''), 'none'),
                edited.order_subject
            )
            order by difference.sku
        ) as evidence
    from difference
    where difference.record = edited.record
) as changed on changed.evidence is not null
