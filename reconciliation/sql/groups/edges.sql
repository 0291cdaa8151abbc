-- What holds records together: strong references within one realm, and links that a person made. A node begins with
-- what tells it from others, since it is sorted by.
insert into edge
select
    said.record,
    concat_ws(chr(31), reference.norm, reference.scheme, said.realm)
from said
inner join reference on said.content = reference.content
where
    said.type in ('order', 'fulfilment', 'return', 'credit')
    and said.known_system
    and reference.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
    and not exists (
        select from ignored_reference
        where ignored_reference.value = reference.norm
    )
union all
select
    said.record,
    concat_ws(chr(31), 'link', link.id)
from link
cross join lateral (values (link.record), (link.other)) as tied (record)
inner join said on tied.record = said.record
where link.undone_at is null and said.type in ('order', 'fulfilment', 'return', 'credit');
analyze edge;

-- The same as pairs: each record with the least of those it shares a node with.
insert into tie
with least_of_node as (
    select distinct on (node)
        node,
        record
    from edge
    order by node, record
)

select
    edge.record,
    least_of_node.record
from edge
inner join least_of_node on edge.node = least_of_node.node
where edge.record <> least_of_node.record;
analyze tie
