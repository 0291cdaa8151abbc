-- The lines of orders, fulfilments, returns and credits in scope, in base SKUs and base quantities; `net` after
-- discounts, the order's own shared in proportion to the lines' net value.
insert into current_line
with discounted as (
    select
        order_line.content,
        sum(order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0)) as whole_net
    from current_order
    inner join order_line on current_order.content = order_line.content
    where current_order.discount <> 0
    group by order_line.content
),

line as (
    select
        content,
        position,
        line_id,
        sku,
        uom,
        pack_size,
        quantity,
        unit_price * quantity - coalesce(discount, 0) as net,
        null::numeric as received_quantity,
        null::numeric as accepted_quantity,
        null::numeric as unit_refund,
        null as reason,
        null as disposition
    from order_line
    where content in (select current_order.content from current_order)
    union all
    select
        content,
        position,
        line_id,
        sku,
        uom,
        pack_size,
        quantity,
        null,
        null,
        null,
        null,
        null,
        null
    from fulfilment_line
    where
        content in (
            select current_record.content from current_record
            where type = 'fulfilment'
        )
    union all
    select
        content,
        position,
        line_id,
        sku,
        uom,
        pack_size,
        quantity,
        null,
        received_quantity,
        accepted_quantity,
        unit_refund,
        reason_code,
        disposition
    from return_line
    where
        content in (
            select current_record.content from current_record
            where type = 'return'
        )
    union all
    select
        content,
        position,
        line_id,
        sku,
        uom,
        pack_size,
        quantity,
        unit_price * quantity,
        null,
        null,
        null,
        reason,
        null
    from credit_line
    where content in (
        select current_record.content from current_record
        where type = 'credit'
    )
),

sized as (
    select
        current_record.*,
        line.position,
        line.line_id,
        line.sku,
        line.uom,
        line.pack_size as stated_pack,
        line.quantity,
        line.net,
        line.received_quantity,
        line.accepted_quantity,
        line.unit_refund,
        line.reason,
        line.disposition,
        resolved_sku.base_sku,
        coalesce(line.pack_size, resolved_sku.pack_size) as pack_size,
        current_order.discount as shared_discount,
        discounted.whole_net
    from line
    inner join current_record on line.content = current_record.content
    inner join resolved_sku on current_record.system = resolved_sku.system and line.sku = resolved_sku.raw_sku
    left join current_order on current_record.record = current_order.record
    left join discounted on line.content = discounted.content
)

select
    group_key,
    record,
    type,
    position,
    line_id,
    sku,
    base_sku,
    uom,
    stated_pack,
    pack_size,
    quantity * pack_size,
    case
        when shared_discount <> 0 and whole_net <> 0
            then net - round(shared_discount * net, 30) / whole_net
        else net
    end,
    received_quantity * pack_size,
    coalesce(accepted_quantity, received_quantity, quantity) * pack_size,
    round(unit_refund, 30) / pack_size,
    reason,
    disposition
from sized;
analyze current_line;
