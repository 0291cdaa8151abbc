-- Every sku that a record in scope names, in the words of its system.
insert into used_sku
select
    current_record.system,
    line.sku
from current_record
inner join order_line as line on current_record.content = line.content
where current_record.type = 'order'
union
select
    current_record.system,
    line.sku
from current_record
inner join fulfilment_line as line on current_record.content = line.content
where current_record.type = 'fulfilment'
union
select
    current_record.system,
    line.sku
from current_record
inner join return_line as line on current_record.content = line.content
where current_record.type = 'return'
union
select
    current_record.system,
    line.sku
from current_record
inner join credit_line as line on current_record.content = line.content
where current_record.type = 'credit'
union
select
    current_record.system,
    movement.sku
from current_record
inner join stock_movement as movement on current_record.content = movement.content
where current_record.type = 'stock_movement';
analyze used_sku;
