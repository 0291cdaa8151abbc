-- The lines of live credits that name no order and no return: what they say is all there is to match them by.
-- Of the copies of one document only the one that speaks for it counts, and a reference or link of any copy is its own.
insert into claim_credit
select
    ledger.record,
    ledger.system,
    ledger.id,
    ledger.content,
    ledger.changed_at,
    coalesce(ledger.realm, system.realm) as realm,
    coalesce(content.issued_at, ledger.at) as issued_at,
    content.currency,
    content.reason,
    content.customer_id,
    coalesce(customer_alias.canonical_key, content.customer_key) as customer_key,
    'credit' = any(system.authority) as authority
from credit_in_scope
inner join credit_content as content on credit_in_scope.content = content.content
inner join ledger on content.content = ledger.content
inner join system on ledger.system = system.key
left join customer_alias
    on ledger.system = customer_alias.system and content.customer_key = customer_alias.raw_key
left join status_mapping as mapped
    on
        ledger.system = mapped.system
        and mapped.of = 'credit'
        and mapped.raw_key = lower(content.status collate "default")
where
    ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
    and canonical_status('credit', mapped.canonical, content.status) in ('issued', 'applied')
    and not exists (
        select from link
        where content.record in (link.record, link.other) and link.undone_at is null
    );
analyze claim_credit;

insert into claim_line
with copy as (
    select
        unreferenced.record,
        bool_or(
            (
                'credit' = any(its.authority),
                -extract(epoch from coalesce(other_content.issued_at, answer.at))
            ) > (
                unreferenced.authority, -extract(epoch from unreferenced.issued_at)
            )
            or (
                ('credit' = any(its.authority)) = unreferenced.authority
                and coalesce(other_content.issued_at, answer.at) = unreferenced.issued_at
                and (answer.id, answer.system) < (unreferenced.id, unreferenced.system)
            )
        ) as outranked,
        bool_or(
            named.scheme is not null
            or exists (
                select from link
                where answer.record in (link.record, link.other) and link.undone_at is null
            )
        ) as referenced
    from claim_credit as unreferenced
    inner join reference as mine on unreferenced.content = mine.content and mine.scheme = 'credit_number'
    inner join reference as other on mine.norm = other.norm and other.scheme = 'credit_number'
    inner join ledger as answer on other.content = answer.content
    inner join system as its on answer.system = its.key
    inner join credit_content as other_content on answer.content = other_content.content
    left join reference as named
        on
            answer.content = named.content
            and named.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
            and named.norm not in (select ignored_reference.value from ignored_reference)
    where
        answer.record <> unreferenced.record
        and answer.type = 'credit'
        and answer.at <= %(as_of)s
        and (answer.until is null or answer.until > %(as_of)s)
        and coalesce(answer.realm, its.realm) = unreferenced.realm
        and mine.norm not in (select ignored_reference.value from ignored_reference)
    group by unreferenced.record
)

select
    unreferenced.record,
    unreferenced.system,
    unreferenced.id,
    unreferenced.realm,
    unreferenced.issued_at,
    unreferenced.changed_at,
    unreferenced.currency,
    unreferenced.customer_id,
    unreferenced.customer_key,
    line.position,
    resolved.base_sku,
    upper(resolved.base_sku collate "default"),
    line.quantity * coalesce(line.pack_size, resolved.pack_size),
    case when line.quantity > 0 then round(line.unit_price, 30) / coalesce(line.pack_size, resolved.pack_size) end,
    line.unit_price * line.quantity,
    coalesce(unreferenced.issued_at < first_order.placed_at + make_interval(days => %(horizon)s), true)
from claim_credit as unreferenced
inner join credit_line as line on unreferenced.content = line.content
left join copy on unreferenced.record = copy.record
cross join first_order
inner join resolved_sku as resolved on unreferenced.system = resolved.system and line.sku = resolved.raw_sku
where
    coalesce(line.reason, unreferenced.reason) = 'return'
    and copy.outranked is not true
    and copy.referenced is not true
    and (
        %(everything)s
        or exists (
            select from dirty_line
            where
                dirty_line.customer_key is not distinct from unreferenced.customer_key
                and dirty_line.sku_key = upper(resolved.base_sku collate "default")
        )
    );
analyze claim_line;
