-- One record carries references of several orders that have nothing to do with each other, and glues them together
-- (checks.md, *Orders*).
with crowd as (
    -- only where an order authority has several live orders can there be one too many
    select distinct group_key
    from (
        select group_key
        from current_order
        where authority and live
        group by group_key, system
        having count(*) > 1
    ) as several
),

strong as (
    select current_reference.*
    from crowd
    inner join current_reference on crowd.group_key = current_reference.group_key
    where current_reference.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
),

named as (
    select distinct
        glue.record,
        glue.group_key,
        bought.system,
        bought.record as bought,
        bought.id
    from strong as glue
    inner join current_record on glue.record = current_record.record
    inner join strong as other
        on glue.group_key = other.group_key and glue.scheme = other.scheme and glue.norm = other.norm
    inner join current_order as bought on other.record = bought.record
    where
        bought.authority
        and bought.live
        and current_record.system <> bought.system
        and current_record.type in ('order', 'fulfilment', 'return', 'credit')
),

glued as (
    select
        one.record,
        one.group_key,
        string_agg(distinct concat('order:', one.system, ':', one.id), ', ') as orders
    from named as one
    inner join named as other
        on one.record = other.record and one.system = other.system and one.bought <> other.bought
    where
        not exists (
            select from strong as mine
            inner join strong as theirs on mine.scheme = theirs.scheme and mine.norm = theirs.norm
            where mine.record = one.bought and theirs.record = other.bought
        )
    group by one.record, one.group_key
)

select
    concat(record.type, ':', record.system, ':', record.id) as subject,
    '' as leg,
    record.record,
    null::uuid as other,
    null::uuid as return_record,
    glued.group_key,
    glued.group_key::text as shard,
    null::text as sku,
    null::numeric as amount,
    null::text as currency,
    record.changed_at as age_from,
    record.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(initcap(record.type), ' ', record.id, ' names references of several orders: ', glued.orders) as title,
    array[record.system] as systems,
    jsonb_build_array(
        evidence(
            'references', 'of one order', 'the rule', glued.orders,
            concat(record.type, ':', record.system, ':', record.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from glued
inner join current_record as record on glued.record = record.record
