-- A credit for returned goods of which no system knows a return, with the orders it may belong to (checks.md).
select
    concat('credit:', credit.system, ':', credit.id) as subject,
    '' as leg,
    credit.record,
    null::uuid as other,
    null::uuid as return_record,
    credit.group_key,
    credit.group_key::text as shard,
    null::text as sku,
    credit.net_goods as amount,
    credit.currency,
    credit.issued_at as age_from,
    credit.issued_at + coalesce(way.grace, '24 hours') as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Credit ', credit.id, ' of ', money(credit.net_goods, credit.currency), ' is for a return that no system knows'
    ) as title,
    array[credit.system] as systems,
    jsonb_build_array(
        evidence(
            'return',
            'a return of ' || named.numbers,
            concat('credit:', credit.system, ':', credit.id),
            'none',
            'every system'
        )
    ) as evidence,
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'order', concat('order:', bought.system, ':', bought.id),
                        'placed_at', bought.placed_at,
                        'why', concat_ws(', ', case when bought.same_po then 'same purchase order' end, 'same customer')
                    )
                    order by bought.same_po desc, bought.placed_at desc, bought.id asc
                )
            from (
                select
                    ledger.system,
                    ledger.id,
                    content.placed_at,
                    exists(
                        select from reference
                        inner join credit_reference as po
                            on reference.scheme = po.scheme and reference.norm = po.norm
                        where
                            reference.content = content.content
                            and po.document = credit.document
                            and po.realm = credit.realm
                            and po.scheme = 'purchase_order'
                    ) as same_po
                from order_content as content
                inner join ledger on content.content = ledger.content
                inner join system on ledger.system = system.key
                where
                    content.customer_key = credit.customer_key
                    and 'order' = any(system.authority)
                    and content.placed_at < credit.issued_at
                    and ledger.at <= %(as_of)s
                    and (ledger.until is null or ledger.until > %(as_of)s)
                    and not exists (
                        select from group_order
                        where group_order.group_key = credit.group_key
                    )
                order by same_po desc, content.placed_at desc, ledger.id asc
                limit 5
            ) as bought
        ), '[]'
    ) as suggestions
from current_credit as credit
inner join lateral (
    select string_agg(replace(carried.scheme, '_', ' ') || ' ' || carried.norm, ', ' order by carried.scheme) as numbers
    from credit_reference as carried
    where
        carried.document = credit.document
        and carried.realm = credit.realm
        and carried.scheme in ('rma', 'ecommerce_order', 'sales_order', 'order_number')
) as named on named.numbers is not null
left join lateral (
    select
        leg.flow,
        leg.grace
    from leg
    where leg.record = 'credit' and leg.target = credit.system
    order by
        not exists (
            select from current_record as beginning
            where beginning.group_key = credit.group_key and beginning.system = leg.source
        ),
        leg.grace,
        leg.flow
    limit 1
) as way on true
where
    credit.in_scope
    and credit.speaks
    and credit.live
    and credit.reason = 'return'
    and exists (
        select from first_sent
        where first_sent.type = 'return' and first_sent.at <= %(as_of)s
    )
    and not exists (
        select from current_credit as copy
        inner join current_return on copy.group_key = current_return.group_key
        where copy.document = credit.document and copy.realm = credit.realm
    )
    and not exists (
        select from current_credit as copy
        inner join member on copy.group_key = member.group_key
        inner join ledger on member.record = ledger.record
        where
            copy.document = credit.document
            and copy.realm = credit.realm
            and not copy.in_scope
            and ledger.type = 'return'
            and ledger.at <= %(as_of)s
            and (ledger.until is null or ledger.until > %(as_of)s)
            and ledger.content is not null
    )
