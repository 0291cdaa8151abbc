-- A sku that is bought or returned and that the target's catalogue does not know (checks.md, *Catalogue*).
with used as (
    select
        suspect.flow,
        suspect.sku,
        content.placed_at as used_at,
        content.currency,
        order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0)
        - coalesce(
            round(
                content.discount * (order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0)), 30
            ) / nullif(whole.net, 0), 0
        ) as net,
        true as sold
    from suspect_sku as suspect
    inner join order_line on suspect.raw_sku = order_line.sku
    inner join order_content as content on order_line.content = content.content
    inner join ledger on content.content = ledger.content and suspect.system = ledger.system
    left join status_mapping as mapped
        on
            ledger.system = mapped.system
            and mapped.of = 'order'
            and mapped.raw_key = lower(content.status collate "default")
    left join lateral (
        select sum(line.unit_price * line.quantity - coalesce(line.discount, 0)) as net
        from order_line as line
        where line.content = content.content
    ) as whole on content.discount <> 0
    where
        suspect.sold
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and canonical_status('order', mapped.canonical, content.status) is distinct from 'cancelled'
        and content.placed_at >= %(as_of)s - interval '180 days'
    union all
    select
        suspect.flow,
        suspect.sku,
        content.requested_at,
        null,
        null,
        false
    from suspect_sku as suspect
    inner join return_line on suspect.raw_sku = return_line.sku
    inner join return_content as content on return_line.content = content.content
    inner join ledger on content.content = ledger.content and suspect.system = ledger.system
    left join status_mapping as mapped
        on
            ledger.system = mapped.system
            and mapped.of = 'return'
            and mapped.raw_key = lower(content.status collate "default")
    where
        not suspect.sold
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and coalesce(
            canonical_status('return', mapped.canonical, content.status) not in ('rejected', 'cancelled'), true
        )
),

summed as (
    select
        flow,
        sku,
        min(used_at) as first_used_at,
        sum(net) as net,
        array_agg(distinct currency) filter (where net is not null) as currencies,
        count(*) filter (where sold) as order_lines,
        count(*) filter (where not sold) as return_lines
    from used
    group by flow, sku
),

judged as (
    select
        leg.source,
        leg.target,
        leg.source_name,
        leg.target_name,
        leg.grace,
        summed.*,
        suspect.in_target,
        suspect.source_sends,
        suspect.changed_at,
        suspect.changed_at is not null as in_source,
        case when cardinality(summed.currencies) = 1 then summed.currencies[1] end as currency
    from summed
    inner join (
        select distinct
            flow,
            sku,
            in_target,
            source_sends,
            changed_at
        from suspect_sku
    ) as suspect on summed.flow = suspect.flow and summed.sku = suspect.sku
    inner join leg on summed.flow = leg.flow
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
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object('sku', closest_sku.candidate, 'why', closest_sku.why)
                    order by closest_sku.place
                )
            from closest_sku
            where closest_sku.flow = judged.flow and closest_sku.sku = judged.sku
        ), '[]'
    ) as suggestions
from judged
where not in_target or (return_lines > 0 and source_sends and not in_source)
