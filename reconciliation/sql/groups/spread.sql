-- One step of spreading the least key: each record takes the least key among those it shares a node with.
with least_of_node as (
    select distinct on (edge.node)
        edge.node,
        label.group_key
    from edge
    inner join label on edge.record = label.record
    order by edge.node, label.group_key
),

least_of_record as (
    select distinct on (edge.record)
        edge.record,
        least_of_node.group_key
    from edge
    inner join least_of_node on edge.node = least_of_node.node
    order by edge.record, least_of_node.group_key
)

update label
set group_key = least_of_record.group_key
from least_of_record
where label.record = least_of_record.record and least_of_record.group_key < label.group_key
