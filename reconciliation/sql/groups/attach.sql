-- A movement goes with the group that carries its rma, an outcome with the record it speaks of (even one that
-- nobody sent), else with the group that carries its first strong reference.
with said as (
    select
        ledger.record,
        ledger.content,
        record_key(outcome.about_type, flow.source, outcome.about_id) as about,
        coalesce(ledger.realm, source.realm, system.realm) as realm
    from label
    inner join ledger on label.record = ledger.record
    inner join system on ledger.system = system.key
    left join outcome on ledger.content = outcome.content
    left join flow on outcome.flow = flow.key
    left join system as source on flow.source = source.key
    where
        label.attached
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
),

home as (
    select distinct on (said.record)
        said.record,
        coalesce(spoken_of.group_key, sharing.group_key, said.about) as group_key
    from said
    left join label as spoken_of on said.about = spoken_of.record
    left join reference on said.content = reference.content
    left join edge on edge.node = concat_ws(chr(31), said.realm, reference.scheme, reference.norm)
    left join label as sharing on edge.record = sharing.record
    order by
        said.record,
        sharing.group_key is null,
        array_position(array['rma', 'ecommerce_order', 'sales_order', 'order_number'], reference.scheme)
)

update label
set group_key = home.group_key
from home
where label.record = home.record and home.group_key is not null
