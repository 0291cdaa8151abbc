-- A sku that is bought or returned and that the target's catalogue does not know (checks.md, *Catalogue*).
with known as (
    select
        ledger.system,
        resolved.sku,
        resolved.base_sku,
        bool_or(product.active is not false) as active,
        min(ledger.changed_at) as changed_at
    from product
    inner join ledger on product.content = ledger.content
    cross join lateral resolve_sku(ledger.system, product.sku, %(as_of)s) as resolved
    where ledger.at <= %(as_of)s and (ledger.until is null or ledger.until > %(as_of)s)
    group by ledger.system, resolved.sku, resolved.base_sku
),

product_leg as (
    select leg.*
    from leg
    inner join first_sent
        on leg.target = first_sent.system and first_sent.type = 'product' and first_sent.at <= %(as_of)s
    where leg.record = 'product'
),

sold as (
    select
        product_leg.flow,
        ledger.system,
        order_line.sku,
        content.currency,
        content.placed_at,
        content.content,
        coalesce(content.discount, 0) as discount,
        order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0) as net,
        sum(order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0))
            over (partition by product_leg.flow, content.content) as whole_net
    from product_leg
    inner join ledger on product_leg.source = ledger.system and ledger.type = 'order'
    inner join order_content as content on ledger.content = content.content
    inner join order_line on content.content = order_line.content
    left join status_mapping as mapped
        on
            ledger.system = mapped.system
            and mapped.of = 'order'
            and mapped.raw_key = lower(content.status collate "default")
    where
        ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and canonical_status('order', mapped.canonical, content.status) is distinct from 'cancelled'
        and content.placed_at >= %(as_of)s - interval '180 days'
),

sent_back as (
    select
        product_leg.flow,
        ledger.system,
        return_line.sku,
        content.requested_at
    from product_leg
    inner join ledger on product_leg.target = ledger.system and ledger.type = 'return'
    inner join return_content as content on ledger.content = content.content
    inner join return_line on content.content = return_line.content
    left join status_mapping as mapped
        on
            ledger.system = mapped.system
            and mapped.of = 'return'
            and mapped.raw_key = lower(content.status collate "default")
    where
        ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and coalesce(canonical_status('return', mapped.canonical, content.status) not in ('rejected', 'cancelled'), true)
),

used as (
    select
        flow,
        system,
        sku,
        min(placed_at) as first_used_at,
        sum(case when discount <> 0 and whole_net <> 0 then net - round(discount * net, 30) / whole_net else net end)
            as net,
        array_agg(distinct currency) filter (where net is not null) as currencies,
        count(*) as order_lines,
        0 as return_lines
    from sold
    group by flow, system, sku
    union all
    select
        flow,
        system,
        sku,
        min(requested_at),
        null,
        null,
        0,
        count(*)
    from sent_back
    group by flow, system, sku
),

resolved_use as (
    select
        used.flow,
        resolved.sku,
        resolved.base_sku,
        min(used.first_used_at) as first_used_at,
        sum(used.net) as net,
        max(used.currencies) as currencies,
        sum(used.order_lines) as order_lines,
        sum(used.return_lines) as return_lines
    from used
    cross join lateral resolve_sku(used.system, used.sku, %(as_of)s) as resolved
    group by used.flow, resolved.sku, resolved.base_sku
),

missing as (
    select
        product_leg.source,
        product_leg.target,
        product_leg.source_name,
        product_leg.target_name,
        product_leg.grace,
        resolved_use.*,
        origin.changed_at,
        target.sku is not null as in_target,
        origin.sku is not null as in_source,
        case when cardinality(resolved_use.currencies) = 1 then resolved_use.currencies[1] end as currency
    from resolved_use
    inner join product_leg on resolved_use.flow = product_leg.flow
    left join lateral (
        select
            known.sku,
            known.changed_at
        from known
        where known.system = product_leg.source and known.sku = resolved_use.sku
        order by known.changed_at
        limit 1
    ) as origin on true
    left join lateral (
        select known.sku
        from known
        where
            known.system = product_leg.target
            and known.active
            and (
                known.sku = resolved_use.sku
                or (product_leg.target_kind = 'warehouse' and resolved_use.base_sku in (known.sku, known.base_sku))
            )
        limit 1
    ) as target on true
    where
        target.sku is null
        or (
            resolved_use.return_lines > 0
            and origin.sku is null
            and exists (
                select from first_sent
                where
                    first_sent.system = product_leg.source
                    and first_sent.type = 'product'
                    and first_sent.at <= %(as_of)s
            )
        )
)

select
    concat('product:', target, ':', sku) as subject,
    flow as leg,
    record_key('product', target, sku) as record,
    null::uuid as other,
    null::uuid as return_record,
    null::uuid as group_key,
    sku as shard,
    sku,
    case when currency is not null then net end as amount,
    currency,
    coalesce(changed_at, first_used_at) as age_from,
    coalesce(changed_at, first_used_at) + grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        sku, ' is ', case when order_lines > 0 then 'ordered' else 'returned' end, ' but ',
        case when in_target then source_name else target_name end, ' has no ',
        case when in_target then 'product' else 'active product' end, ' of that name',
        coalesce(' (' || money(net, currency) || ')', '')
    ) as title,
    array[source, target] as systems,
    jsonb_build_array(
        evidence('active product ' || sku, 'known', source, case when in_target then 'known' else 'unknown' end, target),
        evidence('product ' || sku, 'known', target, case when in_source then 'known' else 'unknown' end, source),
        evidence('lines', null, null, concat(order_lines, ' ordered, ', return_lines, ' returned'), source)
    ) as evidence,
    '[]'::jsonb as suggestions
from missing
