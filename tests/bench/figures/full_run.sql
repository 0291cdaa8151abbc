-- The floor of a full run: the order lines of two systems side by side, where quantity or price differ.
select count(*)
from (
    select
        member.group_key,
        order_line.sku,
        order_line.quantity,
        order_line.unit_price
    from ledger
    inner join member on ledger.record = member.record
    inner join order_line on ledger.content = order_line.content
    where ledger.type = 'order' and ledger.system = 'store' and ledger.until is null
) as bought
full join (
    select
        member.group_key,
        order_line.sku,
        order_line.quantity,
        order_line.unit_price
    from ledger
    inner join member on ledger.record = member.record
    inner join order_line on ledger.content = order_line.content
    where ledger.type = 'order' and ledger.system = 'erp' and ledger.until is null
) as booked on bought.group_key = booked.group_key and bought.sku = booked.sku
where (bought.quantity, bought.unit_price) is distinct from (booked.quantity, booked.unit_price)
