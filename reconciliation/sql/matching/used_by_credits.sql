-- The credits that name no order and no return, all or those of customers in scope; and the skus on their lines.
insert into customer_in_scope (customer_key)
select dirty_line.customer_key
from dirty_line
union
select customer_alias.raw_key
from dirty_line
inner join customer_alias on dirty_line.customer_key = customer_alias.canonical_key;
analyze customer_in_scope;

insert into credit_in_scope (content)
with credit as (
    select content.content
    from credit_content as content
    where %(everything)s
    union all
    select content.content
    from customer_in_scope as customer
    inner join credit_content as content on customer.customer_key = content.customer_key
    where not %(everything)s
    union all
    select content.content
    from credit_content as content
    where
        not %(everything)s
        and content.customer_key is null
        and (
            select bool_or(dirty_line.customer_key is null)
            from dirty_line
        )
)

select credit.content
from credit
where
    not exists (
        select from reference
        where
            reference.content = credit.content
            and reference.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
            and reference.norm not in (select ignored_reference.value from ignored_reference)
    );
analyze credit_in_scope;

truncate used_sku;
insert into used_sku
select distinct
    ledger.system,
    credit_line.sku
from credit_in_scope
inner join credit_line on credit_in_scope.content = credit_line.content
inner join ledger on credit_in_scope.content = ledger.content
where ledger.at <= %(as_of)s and (ledger.until is null or ledger.until > %(as_of)s);
analyze used_sku
