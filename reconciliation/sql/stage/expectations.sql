-- What each return should be credited with (checks.md, *Credits*): accepted quantity × O's base price, less fees;
-- unknown where O lacks one of its SKUs. `low` and `high` where O has a SKU at several prices.
insert into return_expectation
select
    current_return.record,
    current_return.group_key,
    case
        when bool_and(price.price is not null) then sum(line.accepted * price.price) - coalesce(current_return.fees, 0)
    end,
    case
        when bool_and(price.low is not null) then sum(line.accepted * price.low) - coalesce(current_return.fees, 0)
    end,
    case
        when bool_and(price.high is not null) then sum(line.accepted * price.high) - coalesce(current_return.fees, 0)
    end,
    group_order.currency
from current_return
inner join group_order on current_return.group_key = group_order.group_key
inner join current_line as line on current_return.record = line.record
left join current_item as price on group_order.record = price.record and line.sku = price.sku
group by current_return.record, current_return.group_key, current_return.fees, group_order.currency;
analyze return_expectation;
