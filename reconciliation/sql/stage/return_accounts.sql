-- What the returns of the groups in scope come to, as the month's statement counts them: of one rma in several portals
-- the return authority's counts, else the earliest.
delete from return_account
using scope_group
where return_account.group_key = scope_group.group_key;
delete from return_account_line
using scope_group
where return_account_line.group_key = scope_group.group_key;
insert into return_account (
    group_key, return_record, system, reference, customer, currency, status, resolution, received_at, due_at, expected,
    low, high, fees, tolerance
)
select
    counted.group_key,
    counted.record,
    counted.system,
    counted.id,
    coalesce(group_order.customer_key, counted.customer_key),
    coalesce(settlement.currency, counted.currency),
    counted.status,
    counted.resolution,
    case when counted.status in ('received', 'inspected', 'closed') then counted.aged_from end,
    case when counted.status in ('received', 'inspected', 'closed') then counted.aged_from + settlement.within end,
    round(round(settlement.expected, 18), minor_units(settlement.currency)),
    settlement.low,
    settlement.high,
    coalesce(counted.fees, 0),
    settlement.tolerance
from (
    select
        current_return.*,
        row_number() over (
            partition by current_return.group_key, coalesce(current_return.rma, current_return.record::text)
            order by
                'return' = any(system.authority) desc,
                current_return.requested_at asc,
                current_return.system asc
        ) as choice
    from current_return
    inner join system on current_return.system = system.key
    where current_return.portal and current_return.speaks
) as counted
inner join return_settlement as settlement on counted.record = settlement.record
left join group_order on counted.group_key = group_order.group_key
where counted.choice = 1;

insert into return_account_line (group_key, return_record, sku, quantity, value)
select
    line.group_key,
    line.record,
    line.sku,
    sum(line.accepted),
    sum(line.accepted * price.price)
from return_account as account
inner join scope_group on account.group_key = scope_group.group_key
inner join current_line as line on account.return_record = line.record
left join group_order on account.group_key = group_order.group_key
left join current_item as price on group_order.record = price.record and line.sku = price.sku
group by line.group_key, line.record, line.sku;
