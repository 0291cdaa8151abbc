-- A movement goes with the group that carries its rma, an outcome with the record it speaks of (even one that
-- nobody sent), else with the group that carries its first strong reference.
insert into label
with speaking as (
    select
        said.record,
        said.type,
        said.system,
        said.content,
        record_key(outcome.about_type, flow.source, outcome.about_id) as about,
        coalesce(said.own_realm, source.realm, said.realm) as realm
    from said
    left join outcome on said.content = outcome.content
    left join flow on outcome.flow = flow.key
    left join system as source on flow.source = source.key
    where said.type in ('stock_movement', 'outcome') and said.known_system
),

known as (
    select
        speaking.*,
        spoken_of.group_key
    from speaking
    left join label as spoken_of on speaking.about = spoken_of.record
),

sharing as (
    select distinct on (known.record)
        known.record,
        fellow.group_key
    from known
    inner join reference on known.content = reference.content
    inner join edge on edge.node = concat_ws(chr(31), reference.norm, reference.scheme, known.realm)
    inner join label as fellow on edge.record = fellow.record
    where known.group_key is null
    order by
        known.record, array_position(array['rma', 'ecommerce_order', 'sales_order', 'order_number'], reference.scheme)
)

select
    known.record,
    known.type,
    coalesce(known.group_key, sharing.group_key, known.about, known.record),
    true,
    known.system,
    known.content
from known
left join sharing on known.record = sharing.record
