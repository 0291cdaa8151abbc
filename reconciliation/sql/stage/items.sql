-- One row for each base SKU of a record: net value and quantity of what has a price; mean, lowest and highest base
-- price. Hardly any record has a SKU on several lines, and one line needs no sum (the `limit` has its price computed
-- once).
insert into repeated_item
select
    record,
    sku
from current_line
group by record, sku
having count(*) > 1;
analyze repeated_item;

insert into current_item
select
    line.group_key,
    line.record,
    line.sku,
    line.quantity,
    case when line.quantity > 0 then line.net end,
    case when line.net is not null then line.quantity end,
    case when line.quantity > 0 then each.price end,
    each.price,
    each.price
from current_line as line
cross join lateral (select round(line.net, 30) / nullif(line.quantity, 0) as price limit 1) as each
where
    not exists (
        select from repeated_item
        where repeated_item.record = line.record and repeated_item.sku = line.sku
    )
union all
select
    line.group_key,
    line.record,
    line.sku,
    sum(line.quantity),
    sum(line.net) filter (where line.quantity > 0),
    sum(line.quantity) filter (where line.net is not null),
    round(sum(line.net) filter (where line.quantity > 0), 30)
    / nullif(sum(line.quantity) filter (where line.net is not null), 0),
    min(round(line.net, 30) / nullif(line.quantity, 0)),
    max(round(line.net, 30) / nullif(line.quantity, 0))
from repeated_item
inner join current_line as line on repeated_item.record = line.record and repeated_item.sku = line.sku
group by line.group_key, line.record, line.sku;
analyze current_item;
