-- What the groups in scope contribute to sums over many groups; asked before they are examined and after.
insert into scope_word (of, system, raw)
select
    unmapped_word.of,
    unmapped_word.system,
    unmapped_word.raw
from scope_group
inner join unmapped_word on scope_group.group_key = unmapped_word.group_key;
insert into scope_drift (customer_key, currency, month)
select
    return_drift.customer_key,
    return_drift.currency,
    return_drift.month
from scope_group
inner join return_drift on scope_group.group_key = return_drift.group_key;
insert into scope_shard (space, shard)
select
    'sku',
    open_demand.sku
from scope_group
inner join open_demand on scope_group.group_key = open_demand.group_key
