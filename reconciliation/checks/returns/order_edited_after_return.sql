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

-- a SKU's units by their price, so that the same goods on more lines are no edit
item as (
    select
        tier.record,
        tier.said,
        tier.sku,
        sum(tier.quantity) as quantity,
        bool_and(tier.price is not null) as priced,
        array_agg(tier.price order by tier.price) as prices,
        array_agg(tier.quantity order by tier.price) as quantities,
        string_agg(
            concat_ws(' at ', trim_scale(tier.quantity), trim_scale(round(tier.price, 6))), ', ' order by tier.price
        ) as words
    from (
        select
            line.record,
            line.said,
            line.sku,
            round(round(line.net, 30) / line.quantity, 12) as price,
            sum(line.quantity) as quantity
        from (
            select
                record,
                'before' as said,
                sku,
                quantity,
                case
                    when discount <> 0 and whole_net <> 0 then net - round(discount * net, 30) / whole_net else net
                end as net
            from line_before
            union all
            select
                edited.record,
                'now',
                current_line.sku,
                current_line.quantity,
                current_line.net
            from edited
            inner join current_line on edited.order_record = current_line.record
            where edited.record in (select line_before.record from line_before)
        ) as line
        where line.quantity > 0
        group by line.record, line.said, line.sku, price
    ) as tier
    group by tier.record, tier.said, tier.sku
),

difference as (
    select
        coalesce(before.record, now.record) as record,
        coalesce(before.sku, now.sku) as sku,
        before.words as before,
        now.words as now
    from (
        select item.* from item
        where item.said = 'before'
    ) as before
    full outer join (
        select item.* from item
        where item.said = 'now'
    ) as now
        on before.record = now.record and before.sku = now.sku
    where
        before.quantity is distinct from now.quantity
        or (
            before.priced
            and now.priced
            and (before.prices, before.quantities) is distinct from (now.prices, now.quantities)
        )
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
