-- What was sold, on live orders of the order authorities, to the customers and of the SKUs that the credits name.
insert into sale_line
with wanted as (
    select distinct
        claim_line.customer_key,
        claim_line.sku_key
    from claim_line
    where claim_line.customer_key is not null
),

sold as (
    select
        ledger.record,
        ledger.system,
        ledger.id,
        coalesce(ledger.realm, system.realm) as realm,
        content.placed_at,
        content.currency,
        content.discount,
        coalesce(customer_alias.canonical_key, content.customer_key) as customer_key,
        content.content
    from order_in_scope
    inner join order_content as content on order_in_scope.content = content.content
    inner join ledger on content.content = ledger.content
    inner join system on ledger.system = system.key
    left join customer_alias
        on ledger.system = customer_alias.system and content.customer_key = customer_alias.raw_key
    left join status_mapping as mapped
        on
            ledger.system = mapped.system
            and mapped.of = 'order'
            and mapped.raw_key = lower(content.status collate "default")
    where
        'order' = any(system.authority)
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and canonical_status('order', mapped.canonical, content.status) is distinct from 'cancelled'
        and coalesce(customer_alias.canonical_key, content.customer_key) in (
            select wanted.customer_key from wanted
        )
),

discounted as (
    select
        sold.content,
        sum(order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0)) as whole_net
    from sold
    inner join order_line on sold.content = order_line.content
    where sold.discount <> 0
    group by sold.content
),

line as (
    select
        sold.*,
        order_line.position,
        upper(size.base_sku collate "default") as sku_key,
        order_line.quantity * coalesce(order_line.pack_size, size.pack_size) as base_quantity,
        order_line.unit_price * order_line.quantity - coalesce(order_line.discount, 0) as net,
        discounted.whole_net
    from sold
    inner join order_line on sold.content = order_line.content
    inner join resolved_sku as size on sold.system = size.system and order_line.sku = size.raw_sku
    left join discounted on sold.content = discounted.content
)

select
    line.record,
    line.system,
    line.id,
    line.realm,
    line.placed_at,
    line.currency,
    line.customer_key,
    line.position,
    line.sku_key,
    line.base_quantity,
    round(
        case
            when line.discount <> 0 and line.whole_net <> 0
                then line.net - round(line.discount * line.net, 30) / line.whole_net
            else line.net
        end, 30
    ) / nullif(line.base_quantity, 0)
from line
inner join wanted on line.customer_key = wanted.customer_key and line.sku_key = wanted.sku_key;
analyze sale_line;
