-- The skus of which a catalogue says something new, in the words of every system.
insert into dirty_sku
with told as (
    select product.sku
    from news
    inner join product on news.record = product.record
    union
    select product.base_sku
    from news
    inner join product on news.record = product.record
    where product.base_sku is not null
)

select told.sku
from told
union
select sku_alias.raw_key
from told
inner join sku_alias on told.sku = sku_alias.canonical
