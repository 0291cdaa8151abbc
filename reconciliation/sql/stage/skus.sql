-- What each sku in scope stands for: through the system's aliases to the product authority's sku and base SKU, and how
-- many base units it holds where a line does not say so itself.
insert into resolved_sku
with used as (
    select
        current_record.system,
        line.sku
    from current_record
    inner join order_line as line on current_record.content = line.content
    union
    select
        current_record.system,
        line.sku
    from current_record
    inner join fulfilment_line as line on current_record.content = line.content
    union
    select
        current_record.system,
        line.sku
    from current_record
    inner join return_line as line on current_record.content = line.content
    union
    select
        current_record.system,
        line.sku
    from current_record
    inner join credit_line as line on current_record.content = line.content
    union
    select
        current_record.system,
        movement.sku
    from current_record
    inner join stock_movement as movement on current_record.content = movement.content
)

select
    used.system,
    used.sku,
    resolved.sku,
    resolved.base_sku,
    resolved.pack_size,
    resolved.own_pack,
    resolved.official_pack
from used
cross join lateral resolve_sku(used.system, used.sku, %(as_of)s) as resolved
