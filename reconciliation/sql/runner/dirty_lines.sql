-- The customers and SKUs of which sales or credits say something new, under every name they ever had, and those due.
insert into dirty_line
with told as (
    select distinct
        coalesce(customer_alias.canonical_key, told_line.customer_key) as customer_key,
        resolved_sku.sku,
        resolved_sku.base_sku
    from told_line
    inner join resolved_sku on told_line.system = resolved_sku.system and told_line.sku = resolved_sku.raw_sku
    left join customer_alias
        on told_line.system = customer_alias.system and told_line.customer_key = customer_alias.raw_key
)

select
    told.customer_key,
    upper(told.base_sku collate "default") as sku_key
from told
union
select
    told.customer_key,
    upper(product.base_sku collate "default")
from told
inner join product on told.sku = product.sku
where product.base_sku is not null
union
select
    case when position(chr(31) in scope_shard.shard) > 0 then split_part(scope_shard.shard, chr(31), 1) end,
    split_part(scope_shard.shard, chr(31), case when position(chr(31) in scope_shard.shard) > 0 then 2 else 1 end)
from scope_shard
where scope_shard.space = 'line';
analyze dirty_line;

insert into scope_shard (space, shard)
select
    'line',
    concat_ws(chr(31), dirty_line.customer_key, dirty_line.sku_key)
from dirty_line
