-- Differences within tolerance between returns and their credits, which checks sum up for each customer and month.
delete from return_drift
using scope_group
where return_drift.group_key = scope_group.group_key;
insert into return_drift (
    group_key, return_record, credit_record, customer_id, customer_key, currency, month, amount, changed_at
)
select
    settlement.group_key,
    settlement.record,
    settlement.latest,
    group_order.customer_id,
    upper(btrim(group_order.customer_id) collate "default"),
    settlement.currency,
    date_trunc('month', latest.issued_at at time zone 'UTC')::date,
    case
        when settlement.credited > settlement.high then settlement.credited - settlement.high
        else settlement.credited - settlement.low
    end,
    greatest(settlement.changed_at, settlement.credits_changed_at)
from return_settlement as settlement
inner join group_order on settlement.group_key = group_order.group_key
inner join current_credit as latest on settlement.latest = latest.record
where
    group_order.customer_id is not null
    and settlement.status in ('received', 'inspected', 'closed')
    and settlement.currencies = array[settlement.currency]
    and (settlement.credited > settlement.high or settlement.credited < settlement.low)
    and round(settlement.low - settlement.credited, 12) <= settlement.tolerance
    and round(settlement.credited - settlement.high, 12) <= settlement.tolerance;
