-- Groups of one order that all systems tell alike: one copy in each, gone out and not waiting for anything, the same
-- goods, prices, customer and money. None of their words is unknown.
insert into plain_group
with copy as (
    select
        plain_member.group_key,
        plain_member.record,
        plain_member.system,
        plain_member.id,
        numbered_system.bit,
        numbered_system.authority,
        not numbered_system.warehouse or content.ship_to is not null as complete,
        canonical_status('order', mapped.canonical, content.status) as status,
        content.payment_method,
        canonical_status('payment.method', method.canonical, content.payment_method) as method,
        content.payment_status as raw_paid,
        canonical_status('payment.status', paid.canonical, content.payment_status) as paid,
        content.hold,
        content.currency,
        content.placed_at,
        content.total - coalesce(content.tax, 0) - coalesce(content.shipping, 0) as net_goods,
        coalesce(customer_alias.canonical_key, content.customer_key) as customer_key,
        content.goods,
        content.worth,
        uneven_content.content as uneven
    from plain_member
    inner join order_content as content on plain_member.content = content.content
    left join numbered_system on plain_member.system = numbered_system.system
    left join uneven_content on content.content = uneven_content.content
    left join customer_alias
        on plain_member.system = customer_alias.system and content.customer_key = customer_alias.raw_key
    left join status_mapping as mapped
        on
            plain_member.system = mapped.system
            and mapped.of = 'order'
            and mapped.raw_key = lower(content.status collate "default")
    left join status_mapping as method
        on
            plain_member.system = method.system
            and method.of = 'payment.method'
            and method.raw_key = lower(content.payment_method collate "default")
    left join status_mapping as paid
        on
            plain_member.system = paid.system
            and paid.of = 'payment.status'
            and paid.raw_key = lower(content.payment_status collate "default")
    where plain_member.type = 'order'
)

select
    group_key,
    array_agg(record),
    bit_or(bit),
    min(goods),
    (array_agg(record) filter (where authority))[1],
    min(system) filter (where authority),
    min(id) filter (where authority),
    min(customer_key) filter (where authority),
    min(currency) filter (where authority),
    min(placed_at) filter (where authority),
    min(net_goods) filter (where authority)
from copy
group by group_key
having
    count(bit) = count(*)
    and sum(bit) = bit_or(bit)
    and count(*) filter (where authority) = 1
    and bool_and(coalesce(status in ('fulfilled', 'closed'), false))
    and min(status) = max(status)
    and bool_and(complete and hold is null and uneven is null and goods is not null)
    and bool_and(
        (method is not null or payment_method is null)
        and (paid is not null or raw_paid is null)
        and (
            coalesce(method, 'on_account') = 'on_account'
            or coalesce(paid, 'paid') not in ('pending', 'failed', 'void')
        )
    )
    and min(goods) = max(goods)
    and min(worth) is not distinct from max(worth)
    and min(currency) is not distinct from max(currency)
    and min(customer_key) is not distinct from max(customer_key)
    and min(net_goods) is not distinct from max(net_goods);
analyze plain_group
