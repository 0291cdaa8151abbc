-- Words that no mapping knows, which are raised once for all groups that use them.
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
