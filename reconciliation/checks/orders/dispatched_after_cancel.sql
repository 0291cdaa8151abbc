-- Goods left the warehouse after the order had been cancelled (checks.md, *Orders*).
select
    concat('fulfilment:', sent.system, ':', sent.id) as subject,
    '' as leg,
    sent.record,
    group_order.record as other,
    null::uuid as return_record,
    group_order.group_key,
    group_order.group_key::text as shard,
    null::text as sku,
    goods.value as amount,
    group_order.currency,
    sent.shipped_at as age_from,
    sent.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Order ',
        group_order.id,
        ' was cancelled on ',
        to_char(cancelled.at at time zone 'UTC', 'FMDD Mon YYYY HH24:MI'),
        ' and still dispatched as ',
        sent.id, coalesce(' (' || money(goods.value, group_order.currency) || ')', '')
    ) as title,
    array[group_order.system, sent.system] as systems,
    jsonb_build_array(
        evidence(
            'shipped_at',
            'not after ' || cancelled.at::text,
            concat('order:', group_order.system, ':', group_order.id),
            sent.shipped_at::text,
            concat('fulfilment:', sent.system, ':', sent.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from group_order
inner join current_fulfilment as sent on group_order.group_key = sent.group_key and sent.dispatched
cross join
    lateral (
        select min(run.at) filter (where run.at > coalesce(run.last_live_at, '-infinity')) as at
        from (
            select
                ledger.at,
                max(ledger.at) filter (
                    where canonical_status('order', word.canonical, content.status) is distinct from 'cancelled'
                ) over () as last_live_at
            from ledger
            left join order_content as content on ledger.content = content.content
            left join status_mapping as word
                on
                    ledger.system = word.system
                    and word.of = 'order'
                    and word.raw_key = lower(content.status collate "default")
            where
                ledger.record = group_order.record
                and ledger.at <= %(as_of)s
                and (ledger.until is null or ledger.until > ledger.at)
        ) as run
    ) as cancelled
left join lateral (
    select sum(held.quantity * price.price) as value
    from current_item as held
    left join current_item as price on group_order.record = price.record and held.sku = price.sku
    where held.record = sent.record
) as goods on true
where group_order.status = 'cancelled' and cancelled.at < sent.shipped_at
