-- A live return whose group holds no order of any system (checks.md, *Returns*), with the orders it may belong to.
with orphan as (
    select
        current_return.*,
        way.flow,
        coalesce(way.grace, '24:00:00') as grace
    from current_return
    left join lateral (
        select
            leg.flow,
            leg.grace
        from leg
        where leg.record = 'return' and leg.source = current_return.system
        order by
            not exists (
                select from current_record as ending
                where ending.group_key = current_return.group_key and ending.system = leg.target
            ),
            leg.grace,
            leg.flow
        limit 1
    ) as way on true
    where
        current_return.live
        and current_return.portal
        and current_return.speaks
        and not exists (
            select from current_order
            where current_order.group_key = current_return.group_key
        )
        and exists (
            select from first_sent
            where first_sent.type = 'order' and first_sent.at <= %(as_of)s
        )
),

candidate_order as (
    select
        orphan.record,
        ledger.system,
        ledger.id,
        content.content,
        content.placed_at,
        content.customer_key = orphan.customer_key as same_customer,
        false as same_po
    from orphan
    inner join order_content as content on orphan.customer_key = content.customer_key
    inner join ledger on content.content = ledger.content
    inner join system on ledger.system = system.key
    where
        'order' = any(system.authority)
        and content.placed_at <= orphan.requested_at
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
    union all
    select
        orphan.record,
        ledger.system,
        ledger.id,
        content.content,
        content.placed_at,
        false,
        true
    from orphan
    inner join current_reference as po on orphan.record = po.record and po.scheme = 'purchase_order'
    inner join reference on po.norm = reference.norm and reference.scheme = 'purchase_order'
    inner join order_content as content on reference.content = content.content
    inner join ledger on content.content = ledger.content
    inner join system on ledger.system = system.key
    where
        'order' = any(system.authority)
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
),

ranked as (
    select
        candidate.*,
        row_number() over (
            partition by candidate.record
            order by
                candidate.same_po desc, candidate.same_customer desc, candidate.same_skus desc,
                candidate.placed_at desc, candidate.id asc
        ) as rank
    from (
        select
            candidate_order.record,
            candidate_order.system,
            candidate_order.id,
            candidate_order.placed_at,
            bool_or(candidate_order.same_po) as same_po,
            bool_or(candidate_order.same_customer) as same_customer,
            (
                select count(distinct bought.sku)
                from order_line as bought
                inner join current_line as back on bought.sku in (back.raw_sku, back.sku)
                where bought.content = candidate_order.content and back.record = candidate_order.record
            ) as same_skus
        from candidate_order
        group by
            candidate_order.record, candidate_order.system, candidate_order.id, candidate_order.placed_at,
            candidate_order.content
    ) as candidate
)

select
    concat('return:', orphan.system, ':', orphan.id) as subject,
    coalesce(orphan.flow, '') as leg,
    orphan.record,
    null::uuid as other,
    orphan.record as return_record,
    orphan.group_key,
    orphan.group_key::text as shard,
    null::text as sku,
    orphan.refund_amount as amount,
    orphan.currency,
    orphan.requested_at as age_from,
    orphan.requested_at + orphan.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Return ', orphan.id, coalesce(' of ' || money(orphan.refund_amount, orphan.currency), ''),
        ' belongs to no order that any system knows'
    ) as title,
    array[orphan.system] as systems,
    jsonb_build_array(
        evidence(
            'order',
            'an order that shares a reference',
            'every system',
            'none',
            concat('return:', orphan.system, ':', orphan.id)
        )
    ) as evidence,
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'order', concat('order:', ranked.system, ':', ranked.id),
                        'placed_at', ranked.placed_at,
                        'why', concat_ws(
                            ', ', case when ranked.same_po then 'same purchase order' end,
                            case when ranked.same_customer then 'same customer' end,
                            case when ranked.same_skus > 0 then ranked.same_skus || ' of its SKUs' end
                        )
                    )
                    order by ranked.rank
                )
            from ranked
            where ranked.record = orphan.record and ranked.rank <= 5
        ), '[]'
    ) as suggestions
from orphan
