-- What the groups in scope come to: their orders, returns and credits as the month's statement counts them.
delete from return_account
using scope_group
where return_account.group_key = scope_group.group_key;
delete from return_account_line
using scope_group
where return_account_line.group_key = scope_group.group_key;
delete from credit_account
using scope_group
where credit_account.group_key = scope_group.group_key;
delete from credit_account_line
using scope_group
where credit_account_line.group_key = scope_group.group_key;
-- Of one rma in several portals the return authority's counts, else the earliest.
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

-- A document is of the one return that counts among those whose rma it carries.
insert into credit_account (
    group_key, credit_record, system, reference, customer, currency, kind, reason, settled, issued_at, amount, tax,
    return_record
)
select
    credit.group_key,
    credit.record,
    credit.system,
    credit.id,
    coalesce(group_order.customer_key, credit.customer_key),
    credit.currency,
    credit.kind,
    credit.reason,
    credit.settled,
    credit.issued_at,
    credit.net_goods,
    content.tax,
    of_return.return_record
from current_credit as credit
inner join current_record on credit.record = current_record.record
inner join credit_content as content on current_record.content = content.content
left join group_order on credit.group_key = group_order.group_key
left join lateral (
    select account.return_record
    from credit_reference as rma
    inner join current_return as back on rma.norm = back.rma and rma.realm = back.realm
    inner join return_account as account on back.record = account.return_record
    where rma.document = credit.document and rma.realm = credit.realm and rma.scheme = 'rma'
    order by account.received_at asc nulls last, account.return_record asc
    limit 1
) as of_return on true
where credit.in_scope and credit.speaks and credit.live;

insert into credit_account_line (group_key, credit_record, sku, reason, quantity, amount)
select
    line.group_key,
    line.record,
    line.sku,
    coalesce(line.reason, account.reason),
    sum(line.quantity),
    sum(line.net)
from credit_account as account
inner join scope_group on account.group_key = scope_group.group_key
inner join current_line as line on account.credit_record = line.record
group by line.group_key, line.record, line.sku, coalesce(line.reason, account.reason);
