-- The orders in scope, in canonical words.
insert into current_order
select
    current_record.group_key,
    current_record.record,
    current_record.system,
    system.kind,
    current_record.id,
    current_record.realm,
    current_record.at,
    current_record.changed_at,
    current_record.content,
    'order' = any(system.authority),
    content.status,
    said.status,
    coalesce(said.status <> 'cancelled', true),
    content.channel,
    content.customer_id,
    coalesce(customer_alias.canonical_key, content.customer_key),
    canonical_status('payment.method', method.canonical, content.payment_method),
    canonical_status('payment.status', paid.canonical, content.payment_status),
    content.hold,
    content.currency,
    content.total - coalesce(content.tax, 0) - coalesce(content.shipping, 0),
    content.discount,
    content.placed_at,
    content.ship_to is not null,
    exists(
        select from order_line
        where order_line.content = current_record.content
    ),
    content.goods,
    content.worth
from current_record
inner join order_content as content on current_record.content = content.content
inner join system on current_record.system = system.key
left join status_mapping as mapped
    on
        current_record.system = mapped.system
        and mapped.of = 'order'
        and mapped.raw_key = lower(content.status collate "default")
left join status_mapping as method
    on
        current_record.system = method.system
        and method.of = 'payment.method'
        and method.raw_key = lower(content.payment_method collate "default")
left join status_mapping as paid
    on
        current_record.system = paid.system
        and paid.of = 'payment.status'
        and paid.raw_key = lower(content.payment_status collate "default")
left join customer_alias
    on current_record.system = customer_alias.system and customer_alias.raw_key = content.customer_key
cross join lateral (select canonical_status('order', mapped.canonical, content.status) as status) as said
where current_record.type = 'order';
analyze current_order;

-- O: the order that speaks for its group (checks.md, *Notation*).
insert into group_order
select distinct on (group_key) *
from current_order
where authority
order by group_key, not live, placed_at, id, system;
analyze group_order;
