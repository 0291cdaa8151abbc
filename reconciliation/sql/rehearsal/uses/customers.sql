-- The groups of records that name one of these customers, and the lines of sales and credits that are theirs under any
-- name: as they came, as they were mapped and as they are mapped now.
insert into dirty_group
select member.group_key
from unnest(%(systems)s::text[], %(raws)s::text[]) as mapped (system, raw)
inner join (
    select
        record,
        customer_key
    from order_content
    union all
    select
        record,
        customer_key
    from return_content
    union all
    select
        record,
        customer_key
    from credit_content
) as used on upper(mapped.raw) = used.customer_key
inner join member on used.record = member.record
where
    exists (
        select from ledger
        where ledger.record = used.record and ledger.system = mapped.system
    );

insert into scope_shard (space, shard)
with named as (
    select upper(name.name) as customer_key
    from unnest(%(names)s::text[]) as name (name)
),

line as (
    select
        content.customer_key,
        order_line.sku_key
    from order_content as content
    inner join order_line on content.content = order_line.content
    where content.customer_key in (select named.customer_key from named)
    union
    select
        content.customer_key,
        credit_line.sku_key
    from credit_content as content
    inner join credit_line on content.content = credit_line.content
    where content.customer_key in (select named.customer_key from named)
)

select
    'line',
    concat_ws(chr(31), named.customer_key, line.sku_key)
from named
cross join (select distinct line.sku_key from line) as line
union
select
    finding.space,
    finding.shard
from finding
inner join named on split_part(finding.shard, chr(31), 1) = named.customer_key
where finding.space = 'line'
