-- Twins of every record of a small brand, so that it grows without being read line by line: their ids, references and
-- customers end in `~n`, their skus in `~0` to `~9`, which makes the catalogue grow too.
create temp table twin on commit drop as
select
    entry.record,
    n,
    named.id,
    record_key(entry.type, entry.system, named.id) as key,
    '~' || n as suffix,
    '~' || mod(n, 10) as goods
from (
    select distinct
        record,
        type,
        system,
        id
    from ledger
) as entry
cross join generate_series(1, %(twins)s) as n
cross join lateral (
    select concat(entry.id, '~', case when entry.type = 'product' then mod(n, 10) else n end) as id
) as named
where entry.type not in ('product', 'stock_level') or n <= 10;
create index on twin (record);
analyze twin;

insert into version
select made.* from version as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(
    told, jsonb_build_object('record', twin.key, 'version', md5(told.version || twin.suffix))
) as made;
insert into ledger
select made.* from ledger as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'version', md5(told.version || twin.suffix), 'id', twin.id,
    'content', md5(told.content || twin.suffix)
)) as made;
insert into reference
select made.* from reference as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'value', told.value || twin.suffix,
    'norm', told.norm || twin.suffix
)) as made;
insert into outcome
select made.* from outcome as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'target_id', told.target_id || twin.suffix,
    'about_id', told.about_id || case when told.about_type = 'product' then twin.goods else twin.suffix end
)) as made;
insert into order_content
select made.* from order_content as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'customer_id', told.customer_id || twin.suffix,
    'customer_key', told.customer_key || twin.suffix
)) as made;
insert into return_content
select made.* from return_content as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'customer_id', told.customer_id || twin.suffix,
    'customer_key', told.customer_key || twin.suffix
)) as made;
insert into credit_content
select made.* from credit_content as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'customer_id', told.customer_id || twin.suffix,
    'customer_key', told.customer_key || twin.suffix
)) as made;
insert into fulfilment_content
select made.* from fulfilment_content as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix)
)) as made;
insert into order_line
select made.* from order_line as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'sku', told.sku || twin.goods,
    'sku_key', told.sku_key || twin.goods
)) as made;
insert into fulfilment_line
select made.* from fulfilment_line as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'sku', told.sku || twin.goods,
    'sku_key', told.sku_key || twin.goods
)) as made;
insert into return_line
select made.* from return_line as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'sku', told.sku || twin.goods,
    'sku_key', told.sku_key || twin.goods
)) as made;
insert into credit_line
select made.* from credit_line as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'sku', told.sku || twin.goods,
    'sku_key', told.sku_key || twin.goods
)) as made;
insert into stock_level
select made.* from stock_level as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'sku', told.sku || twin.goods
)) as made;
insert into stock_movement
select made.* from stock_movement as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'sku', told.sku || twin.goods
)) as made;
insert into product
select made.* from product as told inner join twin on told.record = twin.record
cross join lateral jsonb_populate_record(told, jsonb_build_object(
    'record', twin.key, 'content', md5(told.content || twin.suffix), 'sku', told.sku || twin.goods,
    'sku_key', told.sku_key || twin.goods, 'base_sku', told.base_sku || twin.goods,
    'base_sku_key', told.base_sku_key || twin.goods
)) as made;
