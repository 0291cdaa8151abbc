-- The SKUs to be examined: named by news, or on orders that have left the window of `sku_mismatch`, or due; then what
-- they stand for, and stood for under any version of a catalogue.
create temp table told_sku on commit drop as
with told as (
    select dirty_sku.sku
    from dirty_sku
    union
    select stock_level.sku
    from news
    inner join ledger on news.record = ledger.record
    inner join stock_level on ledger.content = stock_level.content
    union
    select order_line.sku
    from news
    inner join ledger on news.record = ledger.record
    inner join order_line on ledger.content = order_line.content
    union
    select return_line.sku
    from news
    inner join ledger on news.record = ledger.record
    inner join return_line on ledger.content = return_line.content
    union
    select order_line.sku
    from order_content as content
    inner join order_line on content.content = order_line.content
    where
        content.placed_at >= %(since)s - interval '180 days' and content.placed_at < %(as_of)s - interval '180 days'
    union
    select scope_shard.shard
    from scope_shard
    where scope_shard.space = 'sku'
)

select told.sku
from told
union
select sku_alias.canonical
from told
inner join sku_alias on told.sku = sku_alias.raw_key;
analyze told_sku;

insert into scope_shard (space, shard)
select
    'sku',
    told_sku.sku
from told_sku
union
select
    'sku',
    product.base_sku
from told_sku
inner join product on told_sku.sku = product.sku
where product.base_sku is not null;
drop table told_sku
