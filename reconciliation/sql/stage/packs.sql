-- The base SKUs of which both sides of a flow hold different quantities, and whether a pack size explains it
-- (checks.md, `pack_size_mismatch`): one is the other times a pack size above 1 of its lines or products there.
insert into quantity_difference
with differing as (
    select
        leg.flow,
        leg.source,
        leg.target,
        leg.source_name,
        leg.target_name,
        leg.grace,
        item.group_key,
        item.sku,
        item.source_quantity,
        item.target_quantity,
        source.named_live as source_record,
        target.named_live as target_record,
        greatest(source.changed_at, target.changed_at) as changed_at
    from leg
    inner join order_pair_item as item on leg.flow = item.flow
    inner join order_side as source
        on item.flow = source.flow and item.group_key = source.group_key and source.side = 'source'
    inner join order_side as target
        on item.flow = target.flow and item.group_key = target.group_key and target.side = 'target'
    where
        'lines' = any(leg.compare)
        and abs(item.source_quantity - item.target_quantity) > leg.tolerance_quantity
)

select
    differing.*,
    exists(
        select from pack_of_sku
        where
            pack_of_sku.group_key = differing.group_key
            and pack_of_sku.sku = differing.sku
            and pack_of_sku.system in (differing.source, differing.target)
            and least(differing.source_quantity, differing.target_quantity) > 0
            and least(differing.source_quantity, differing.target_quantity) * pack_of_sku.pack_size
            = greatest(differing.source_quantity, differing.target_quantity)
    )
from differing;
analyze quantity_difference;
