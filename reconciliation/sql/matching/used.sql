-- The skus on lines that may be matched: of credits, and of orders of the order authorities.
truncate used_sku;
insert into used_sku
select
    ledger.system,
    credit_line.sku
from ledger
inner join credit_line on ledger.content = credit_line.content
where
    ledger.type = 'credit'
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
union
select
    ledger.system,
    order_line.sku
from ledger
inner join system on ledger.system = system.key
inner join order_line on ledger.content = order_line.content
where
    ledger.type = 'order'
    and 'order' = any(system.authority)
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s);
analyze used_sku;
