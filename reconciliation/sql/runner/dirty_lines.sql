-- The customers and SKUs of which sales or credits say something new, under every name they ever had.
insert into dirty_line
with told as (
    select
        ledger.system,
        order_line.sku,
        content.customer_key
    from news
    inner join ledger on news.record = ledger.record
    inner join order_content as content on ledger.content = content.content
    inner join order_line on content.content = order_line.content
    union
    select
        ledger.system,
        credit_line.sku,
        content.customer_key
    from news
    inner join ledger on news.record = ledger.record
    inner join credit_content as content on ledger.content = content.content
    inner join credit_line on content.content = credit_line.content
    union
    select
        ledger.system,
        order_line.sku,
        content.customer_key
    from dirty_sku
    inner join order_line on dirty_sku.sku = order_line.sku
    inner join order_content as content on order_line.content = content.content
    inner join ledger on content.content = ledger.content
    union
    select
        ledger.system,
        credit_line.sku,
        content.customer_key
    from dirty_sku
    inner join credit_line on dirty_sku.sku = credit_line.sku
    inner join credit_content as content on credit_line.content = content.content
    inner join ledger on content.content = ledger.content
)

select distinct
    coalesce(customer_alias.canonical_key, told.customer_key),
    upper(resolved.base_sku collate "default")
from told
left join customer_alias on told.system = customer_alias.system and told.customer_key = customer_alias.raw_key
cross join lateral resolve_sku(told.system, told.sku, %(as_of)s) as resolved
