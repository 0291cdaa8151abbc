-- What tells order groups apart at a glance: the earliest order of each, whose it is and when it was placed.
select distinct on (member.group_key)
    member.group_key,
    ledger.system,
    ledger.id,
    sales.value as sales_order,
    content.customer_name,
    content.placed_at,
    content.total,
    content.currency
from member
inner join ledger on member.record = ledger.record
inner join order_content as content on ledger.content = content.content
inner join system on ledger.system = system.key
left join reference as sales on ledger.content = sales.content and sales.scheme = 'sales_order'
where
    member.group_key = any(%(groups)s)
    and member.type = 'order'
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
order by member.group_key, not 'order' = any(system.authority), content.placed_at, ledger.id
