-- The customers and SKUs of which sales or credits say something new, under every name they ever had.
insert into dirty_line
with line as (
    select
        order_line.record,
        order_line.content,
        order_line.sku,
        order_content.customer_key
    from order_line
    inner join order_content on order_line.content = order_content.content
    union all
    select
        credit_line.record,
        credit_line.content,
        credit_line.sku,
        credit_content.customer_key
    from credit_line
    inner join credit_content on credit_line.content = credit_content.content
),

told as (
    select line.*
    from news
    inner join line on news.record = line.record
    union all
    select line.*
    from dirty_sku
    inner join line on dirty_sku.sku = line.sku
)

select distinct
    coalesce(customer_alias.canonical_key, told.customer_key),
    upper(resolved.base_sku collate "default")
from told
inner join ledger on told.content = ledger.content
left join customer_alias on ledger.system = customer_alias.system and told.customer_key = customer_alias.raw_key
cross join lateral resolve_sku(ledger.system, told.sku, %(as_of)s) as resolved
