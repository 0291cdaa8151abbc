-- The stock movements that speak of the groups in scope, in base units.
insert into current_movement
select
    current_record.group_key,
    current_record.record,
    current_record.system,
    current_record.id,
    current_record.at,
    resolved_sku.base_sku,
    movement.quantity * coalesce(movement.pack_size, resolved_sku.pack_size),
    movement.condition,
    movement.reason,
    rma.norm
from current_record
inner join stock_movement as movement on current_record.content = movement.content
inner join resolved_sku on current_record.system = resolved_sku.system and movement.sku = resolved_sku.raw_sku
left join current_reference as rma on current_record.record = rma.record and rma.scheme = 'rma'
where current_record.type = 'stock_movement';
analyze current_movement;
