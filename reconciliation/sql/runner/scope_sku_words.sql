-- Every word of a catalogue, a line or a level that may stand for one of the SKUs to be examined.
insert into scope_sku (sku)
with name as (
    select scope_shard.shard as sku
    from scope_shard
    where scope_shard.space = 'sku'
    union
    select product.sku
    from scope_shard
    inner join product on scope_shard.shard = product.base_sku
    where scope_shard.space = 'sku'
)

select name.sku
from name
union
select sku_alias.raw_key
from name
inner join sku_alias on name.sku = sku_alias.canonical;
analyze scope_sku
