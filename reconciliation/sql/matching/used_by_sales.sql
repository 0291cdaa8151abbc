-- The orders of the customers whose credits are matched, and the skus on their lines.
truncate customer_in_scope;
insert into customer_in_scope (customer_key)
select claim_line.customer_key
from claim_line
where claim_line.customer_key is not null
union
select customer_alias.raw_key
from claim_line
inner join customer_alias on claim_line.customer_key = customer_alias.canonical_key;
analyze customer_in_scope;

insert into order_in_scope (content)
select content.content
from customer_in_scope as customer
inner join order_content as content on customer.customer_key = content.customer_key;
analyze order_in_scope;

truncate used_sku;
insert into used_sku
select distinct
    ledger.system,
    order_line.sku
from order_in_scope
inner join order_line on order_in_scope.content = order_line.content
inner join ledger on order_in_scope.content = ledger.content
inner join system on ledger.system = system.key
where
    'order' = any(system.authority)
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s);
analyze used_sku
