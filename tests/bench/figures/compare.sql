-- The lines of a system's current orders, as numbers that a data frame holds.
select
    member.group_key::text,
    order_line.sku,
    order_line.quantity::double precision,
    order_line.unit_price::double precision
from ledger
inner join member on ledger.record = member.record
inner join order_line on ledger.content = order_line.content
where ledger.type = 'order' and ledger.system = %(system)s and ledger.until is null
