-- The skus of which a catalogue says something new, in the words of every system.
insert into dirty_sku
with told as (
    select product.sku
    from news
    inner join ledger on news.record = ledger.record
    inner join product on ledger.content = product.content
    union
    select product.base_sku
    from news
    inner join ledger on news.record = ledger.record
    inner join product on ledger.content = product.content
    where product.base_sku is not null
)

select told.sku
from told
union
select sku_alias.raw_key
from told
inner join sku_alias on told.sku = sku_alias.canonical;
analyze dirty_sku
