-- The orders that a record may belong to of which no check says so: placed before it, by its purchase order, by its
-- customer, and by its SKU within half a year; the likeliest first.
with found as (
    select reference.content
    from reference as mine
    inner join reference on mine.scheme = reference.scheme and mine.norm = reference.norm
    where mine.record = %(record)s and mine.scheme = 'purchase_order'
    union
    select content.content
    from order_content as content
    where content.customer_key = upper(%(customer)s)
    union
    (
        select content.content
        from order_line as line
        inner join order_content as content on line.content = content.content
        where
            line.sku = %(sku)s
            and content.placed_at < %(before)s
            and content.placed_at > %(before)s - interval '180 days'
        order by content.placed_at desc
        limit 20
    )
)

select
    concat('order:', ledger.system, ':', ledger.id) as name,
    content.customer_id as customer,
    coalesce(content.customer_key = upper(%(customer)s), false) as same_customer,
    exists(
        select from reference
        inner join reference as mine on reference.scheme = mine.scheme and reference.norm = mine.norm
        where
            reference.content = content.content
            and mine.record = %(record)s
            and mine.scheme = 'purchase_order'
    ) as same_po,
    exists(
        select from order_line as line
        where line.content = content.content and line.sku = %(sku)s
    ) as holds
from found
inner join order_content as content on found.content = content.content
inner join ledger on content.content = ledger.content and ledger.until is null
inner join system on ledger.system = system.key
where 'order' = any(system.authority) and content.placed_at < %(before)s
order by same_po desc, same_customer desc, holds desc, content.placed_at desc, ledger.id asc
limit 5
