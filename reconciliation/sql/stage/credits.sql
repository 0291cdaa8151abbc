-- The credits in scope and, wherever they are, the other copies of the same documents (checks.md, *Credits*).
-- `speaks`: the copy that speaks for its document.
insert into current_credit
with numbered as (
    select
        current_record.record,
        current_record.realm,
        reference.norm
    from current_record
    inner join current_reference as reference on current_record.record = reference.record
    where current_record.type = 'credit' and reference.scheme = 'credit_number'
),

copy as (
    select
        current_record.*,
        numbered.norm as document,
        true as in_scope
    from current_record
    left join numbered on current_record.record = numbered.record
    where current_record.type = 'credit'
    union all
    select distinct on (ledger.record)
        member.group_key,
        ledger.record,
        ledger.type,
        ledger.system,
        ledger.id,
        numbered.realm,
        ledger.at,
        ledger.changed_at,
        ledger.content,
        numbered.norm as document,
        false as in_scope
    from numbered
    inner join reference on numbered.norm = reference.norm and reference.scheme = 'credit_number'
    inner join ledger on reference.content = ledger.content
    inner join system on ledger.system = system.key
    left join member on ledger.record = member.record
    where
        ledger.type = 'credit'
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and coalesce(ledger.realm, system.realm) = numbered.realm
        and not exists (
            select from current_record
            where current_record.record = ledger.record
        )
)

select
    copy.group_key,
    copy.record,
    copy.system,
    copy.id,
    copy.realm,
    copy.changed_at,
    coalesce(copy.document, copy.record::text),
    'credit' = any(system.authority),
    content.kind,
    said.status,
    coalesce(said.status in ('issued', 'applied'), false),
    coalesce(content.issued_at, copy.at),
    content.reason,
    content.settled,
    content.currency,
    content.amount - coalesce(content.tax, 0) - coalesce(content.shipping, 0),
    content.customer_id,
    coalesce(customer_alias.canonical_key, content.customer_key),
    copy.in_scope,
    row_number() over (
        partition by copy.realm, coalesce(copy.document, copy.record::text)
        order by 'credit' = any(system.authority) desc, coalesce(content.issued_at, copy.at), copy.id, copy.system asc
    ) = 1
from copy
inner join credit_content as content on copy.content = content.content
inner join system on copy.system = system.key
left join status_mapping as mapped
    on
        copy.system = mapped.system
        and mapped.of = 'credit'
        and mapped.raw_key = lower(content.status collate "default")
left join customer_alias on copy.system = customer_alias.system and content.customer_key = customer_alias.raw_key
cross join lateral (select canonical_status('credit', mapped.canonical, content.status) as status) as said;
analyze current_credit;
