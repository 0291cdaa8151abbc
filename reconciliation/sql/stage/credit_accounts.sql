-- What the credit documents of the groups in scope come to, each of the one return that counts among those whose rma it
-- carries.
delete from credit_account
using scope_group
where credit_account.group_key = scope_group.group_key;
delete from credit_account_line
using scope_group
where credit_account_line.group_key = scope_group.group_key;
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
