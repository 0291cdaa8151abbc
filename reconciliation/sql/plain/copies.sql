-- The copies of orders in these groups, with what must be the same of all; `fits`: it has gone out, waits for nothing,
-- and none of its words is unknown or stands for something else elsewhere.
insert into plain_copy
select
    plain_member.group_key,
    plain_member.record,
    plain_member.systems,
    plain_member.authority,
    coalesce(
        canonical.status in ('fulfilled', 'closed')
        and (content.ship_to is not null or not numbered_system.warehouse)
        and content.hold is null
        and content.goods is not null
        and uneven_content.content is null
        and (canonical.method is not null or content.payment_method is null)
        and (canonical.paid is not null or content.payment_status is null)
        and (
            coalesce(canonical.method, 'on_account') = 'on_account'
            or coalesce(canonical.paid, 'paid') not in ('pending', 'failed', 'void')
        ), false
    ),
    canonical.status,
    content.goods,
    content.worth,
    content.currency,
    coalesce(customer_alias.canonical_key, content.customer_key),
    content.total - coalesce(content.tax, 0) - coalesce(content.shipping, 0),
    content.placed_at
from plain_member
inner join order_content as content on plain_member.content = content.content
inner join numbered_system on plain_member.system = numbered_system.system
left join uneven_content on content.content = uneven_content.content
left join customer_alias
    on plain_member.system = customer_alias.system and content.customer_key = customer_alias.raw_key
left join status_mapping as mapped_status
    on
        plain_member.system = mapped_status.system
        and mapped_status.of = 'order'
        and mapped_status.raw_key = lower(content.status collate "default")
left join status_mapping as mapped_method
    on
        plain_member.system = mapped_method.system
        and mapped_method.of = 'payment.method'
        and mapped_method.raw_key = lower(content.payment_method collate "default")
left join status_mapping as mapped_paid
    on
        plain_member.system = mapped_paid.system
        and mapped_paid.of = 'payment.status'
        and mapped_paid.raw_key = lower(content.payment_status collate "default")
cross join
    lateral (
        -- the limit has each worked out once
        select
            canonical_status('order', mapped_status.canonical, content.status) as status,
            canonical_status('payment.method', mapped_method.canonical, content.payment_method) as method,
            canonical_status('payment.status', mapped_paid.canonical, content.payment_status) as paid
        limit 1
    ) as canonical
where plain_member.type = 'order';
analyze plain_copy
