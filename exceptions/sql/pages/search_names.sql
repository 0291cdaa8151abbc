-- The SKUs and the customers between two folded names. Customer ids hop from one to the next along their index, so
-- that a customer with many orders costs no more than one with few.
with recursive hop as (
    (
        select order_content.customer_key
        from order_content
        where order_content.customer_key >= %(low_customer)s and order_content.customer_key < %(high_customer)s
        order by order_content.customer_key
        limit 1
    )
    union all
    select (
        select next.customer_key
        from order_content as next
        where next.customer_key > hop.customer_key and next.customer_key < %(high_customer)s
        order by next.customer_key
        limit 1
    )
    from hop
    where hop.customer_key is not null
),

called as (
    select
        content.customer_key,
        content.customer_name
    from order_content as content
    where
        folded(content.customer_name) collate "C" >= %(low)s
        and folded(content.customer_name) collate "C" < %(high)s
        and content.customer_key is not null
    order by folded(content.customer_name) collate "C"
    limit 500
)

(
    select
        'sku' as kind,
        product.sku as name,
        max(product.title) as title
    from product
    where folded(product.sku) collate "C" >= %(low)s and folded(product.sku) collate "C" < %(high)s
    group by product.sku
    order by product.sku
    limit %(rows)s
)
union
(
    select
        'sku',
        %(given)s,
        null
    where
        exists (
            select from order_line
            where order_line.sku = %(given)s
        )
        or exists (
            select from stock_level
            where stock_level.sku = %(given)s
        )
)
union all
(
    select
        'customer',
        coalesce(hop.customer_key, called.customer_key),
        max(coalesce(
            called.customer_name,
            (
                select content.customer_name from order_content as content
                where content.customer_key = hop.customer_key
                limit 1
            )
        ))
    from (
        select hop.customer_key from hop
        where hop.customer_key is not null
        limit %(rows)s
    ) as hop
    full join called on hop.customer_key = called.customer_key
    group by coalesce(hop.customer_key, called.customer_key)
    order by coalesce(hop.customer_key, called.customer_key)
    limit %(rows)s
)
