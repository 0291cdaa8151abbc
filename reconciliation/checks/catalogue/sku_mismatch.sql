-- A sku that is bought or returned and that the target's catalogue does not know (checks.md, *Catalogue*).
with product_leg as (
    select leg.*
    from leg
    inner join first_sent
        on leg.target = first_sent.system and first_sent.type = 'product' and first_sent.at <= %(as_of)s
    where leg.record = 'product'
),

sold as (
    select
        ledger.system,
        order_line.sku,
        content.currency,
        content.placed_at,
        coalesce(content.discount, 0) as discount,
        order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0) as net,
        sum(order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0))
            over (partition by content.content) as whole_net
    from ledger
    inner join order_content as content on ledger.content = content.content
    inner join order_line on content.content = order_line.content
    left join status_mapping as mapped
        on
            ledger.system = mapped.system
            and mapped.of = 'order'
            and mapped.raw_key = lower(content.status collate "default")
    where
        ledger.system in (select product_leg.source from product_leg)
        and ledger.type = 'order'
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and canonical_status('order', mapped.canonical, content.status) is distinct from 'cancelled'
        and content.placed_at >= %(as_of)s - interval '180 days'
),

sent_back as (
    select
        ledger.system,
        return_line.sku,
        content.requested_at
    from ledger
    inner join return_content as content on ledger.content = content.content
    inner join return_line on content.content = return_line.content
    left join status_mapping as mapped
        on
            ledger.system = mapped.system
            and mapped.of = 'return'
            and mapped.raw_key = lower(content.status collate "default")
    where
        ledger.system in (select product_leg.target from product_leg)
        and ledger.type = 'return'
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and coalesce(
            canonical_status('return', mapped.canonical, content.status) not in ('rejected', 'cancelled'), true
        )
),

used as (
    select
        product_leg.flow,
        sold.system,
        sold.sku,
        min(sold.placed_at) as first_used_at,
        sum(
            case
                when sold.discount <> 0 and sold.whole_net <> 0
                    then sold.net - round(sold.discount * sold.net, 30) / sold.whole_net
                else sold.net
            end
        ) as net,
        array_agg(distinct sold.currency) filter (where sold.net is not null) as currencies,
        count(*) as order_lines,
        0 as return_lines
    from product_leg
    inner join sold on product_leg.source = sold.system
    group by product_leg.flow, sold.system, sold.sku
    union all
    select
        product_leg.flow,
        sent_back.system,
        sent_back.sku,
        min(sent_back.requested_at),
        null,
        null,
        0,
        count(*)
    from product_leg
    inner join sent_back on product_leg.target = sent_back.system
    group by product_leg.flow, sent_back.system, sent_back.sku
),

resolved_use as (
    select
        used.flow,
        named.sku,
        coalesce(official_sku.base_sku, named.sku) as base_sku,
        min(used.first_used_at) as first_used_at,
        sum(used.net) as net,
        max(used.currencies) as currencies,
        sum(used.order_lines) as order_lines,
        sum(used.return_lines) as return_lines
    from used
    left join sku_alias on used.system = sku_alias.system and used.sku = sku_alias.raw_key
    cross join lateral (select coalesce(sku_alias.canonical, used.sku) as sku) as named
    left join official_sku on named.sku = official_sku.sku
    group by used.flow, named.sku, official_sku.base_sku
),

judged as (
    select
        product_leg.source,
        product_leg.target,
        product_leg.source_name,
        product_leg.target_name,
        product_leg.grace,
        resolved_use.*,
        origin.changed_at,
        origin.changed_at is not null as in_source,
        exists(
            select from catalogue
            where
                catalogue.system = product_leg.target
                and catalogue.active
                and (
                    catalogue.sku = resolved_use.sku
                    or (
                        product_leg.target_kind = 'warehouse'
                        and resolved_use.base_sku in (catalogue.sku, catalogue.base_sku)
                    )
                )
        ) as in_target,
        exists(
            select from first_sent
            where
                first_sent.system = product_leg.source
                and first_sent.type = 'product'
                and first_sent.at <= %(as_of)s
        ) as source_sends,
        case when cardinality(resolved_use.currencies) = 1 then resolved_use.currencies[1] end as currency
    from resolved_use
    inner join product_leg on resolved_use.flow = product_leg.flow
    cross join lateral (
        select min(catalogue.changed_at) as changed_at
        from catalogue
        where catalogue.system = product_leg.source and catalogue.sku = resolved_use.sku
    ) as origin
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
        evidence(
            'active product ' || sku, 'known', source, case when in_target then 'known' else 'unknown' end, target
        ),
        evidence('product ' || sku, 'known', target, case when in_source then 'known' else 'unknown' end, source),
        evidence('lines', null, null, concat(order_lines, ' ordered, ', return_lines, ' returned'), source)
    ) as evidence,
    '[]'::jsonb as suggestions
from judged
where not in_target or (return_lines > 0 and source_sends and not in_source)
