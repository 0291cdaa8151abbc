-- The orders that the groups in scope come to, as the month's statement counts them. What is known already stays; an
-- order's record tells its system and number.
insert into order_account_now
select
    group_key,
    record,
    customer_key,
    currency,
    placed_at,
    net_goods
from group_order
where live
union all
select
    plain_group.group_key,
    plain_group.record,
    plain_group.customer_key,
    plain_group.currency,
    plain_group.placed_at,
    plain_group.net_goods
from plain_group
inner join scope_group on plain_group.group_key = scope_group.group_key;
analyze order_account_now;

delete from order_account
using scope_group
where
    order_account.group_key = scope_group.group_key
    and not exists (
        select from order_account_now as now
        where
            now.group_key = order_account.group_key
            and now.order_record = order_account.order_record
            and now.customer is not distinct from order_account.customer
            and now.currency is not distinct from order_account.currency
            and now.placed_at = order_account.placed_at
            and now.amount is not distinct from order_account.amount
    );
insert into order_account (group_key, order_record, system, reference, customer, currency, placed_at, amount)
select
    now.group_key,
    now.order_record,
    spoken.system,
    spoken.id,
    now.customer,
    now.currency,
    now.placed_at,
    now.amount
from order_account_now as now
cross join
    lateral (
        select
            ledger.system,
            ledger.id
        from ledger
        where ledger.record = now.order_record
        limit 1
    ) as spoken
where
    not exists (
        select from order_account
        where order_account.group_key = now.group_key
    );
