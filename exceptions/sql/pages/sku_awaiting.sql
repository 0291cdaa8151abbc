-- The orders that still await a base SKU, the most first, each as its authority calls it.
with awaiting as (
    select
        group_key,
        sum(quantity) as quantity
    from open_demand
    where sku = %(base)s
    group by group_key
    order by quantity desc, group_key asc
    limit %(rows)s
)

select
    awaiting.group_key,
    awaiting.quantity,
    named.id,
    named.sales_order,
    named.customer_name,
    named.placed_at
from awaiting
left join lateral (
    select
        ledger.id,
        sales.value as sales_order,
        content.customer_name,
        content.placed_at
    from member
    inner join ledger on member.record = ledger.record
    inner join order_content as content on ledger.content = content.content
    inner join system on ledger.system = system.key
    left join reference as sales on ledger.content = sales.content and sales.scheme = 'sales_order'
    where
        member.group_key = awaiting.group_key
        and member.type = 'order'
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
    order by not 'order' = any(system.authority), content.placed_at, ledger.id
    limit 1
) as named on true
order by awaiting.quantity desc, awaiting.group_key asc
