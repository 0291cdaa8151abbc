-- What the groups in scope contribute to checks that look across groups.
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

delete from open_demand
using scope_group
where open_demand.group_key = scope_group.group_key;
insert into open_demand (group_key, sku, quantity, price, currency)
select
    group_order.group_key,
    bought.sku,
    bought.quantity - coalesce(sent.quantity, 0),
    bought.price,
    group_order.currency
from group_order
inner join current_item as bought on group_order.record = bought.record
left join dispatched_item as sent on group_order.group_key = sent.group_key and bought.sku = sent.sku
where
    group_order.status in ('open', 'released', 'part_fulfilled')
    and bought.quantity > coalesce(sent.quantity, 0);

delete from unmapped_word
using scope_group
where unmapped_word.group_key = scope_group.group_key;
insert into unmapped_word (group_key, of, system, raw, record, changed_at)
select
    word.group_key,
    word.of,
    word.system,
    word.raw,
    word.record,
    word.changed_at
from (
    select
        current_order.group_key,
        spoken.of,
        current_order.system,
        spoken.raw,
        current_order.record,
        current_order.changed_at
    from current_order
    inner join order_content as content on current_order.content = content.content
    cross join
        lateral (
            values
            ('order', content.status, current_order.status),
            ('payment.method', content.payment_method, current_order.method),
            ('payment.status', content.payment_status, current_order.payment_status)
        ) as spoken (of, raw, canonical)
    where spoken.raw is not null and spoken.canonical is null
    union all
    select
        current_fulfilment.group_key,
        'fulfilment',
        current_fulfilment.system,
        content.status,
        current_fulfilment.record,
        current_fulfilment.changed_at
    from current_fulfilment
    inner join current_record on current_fulfilment.record = current_record.record
    inner join fulfilment_content as content on current_record.content = content.content
    where current_fulfilment.status is null
    union all
    select
        current_return.group_key,
        'return',
        current_return.system,
        current_return.raw_status,
        current_return.record,
        current_return.changed_at
    from current_return
    where current_return.status is null
    union all
    select
        current_credit.group_key,
        'credit',
        current_credit.system,
        content.status,
        current_credit.record,
        current_credit.changed_at
    from current_credit
    inner join current_record on current_credit.record = current_record.record
    inner join credit_content as content on current_record.content = content.content
    where current_credit.status is null
    union all
    select
        line.group_key,
        'reason',
        current_return.system,
        line.reason,
        current_return.record,
        current_return.changed_at
    from current_line as line
    inner join current_return on line.record = current_return.record
    where
        line.reason is not null
        and exists (
            select from reason_code
            where reason_code.system = current_return.system
        )
        and not exists (
            select from reason_code
            where reason_code.system = current_return.system and reason_code.raw_key = line.reason
        )
) as word
