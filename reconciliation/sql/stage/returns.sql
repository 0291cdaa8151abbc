-- The returns in scope. `speaks`: the earliest of its rma in its system; `aged_from`: since when it counts as received.
insert into current_return
select
    said.*,
    row_number() over (partition by system, group_key, coalesce(rma, record::text) order by requested_at, id) = 1
from (
    select
        current_record.group_key,
        current_record.record,
        current_record.system,
        current_record.id,
        current_record.realm,
        current_record.at,
        current_record.changed_at,
        current_record.content,
        'return' = any(system.authority)
        or current_record.system in (
            select leg.source from leg
            where leg.record = 'return'
        ),
        rma.norm as rma,
        content.status as raw_status,
        canonical.status,
        canonical.status is null or canonical.status not in ('rejected', 'cancelled'),
        coalesce(rejection_reason.canonical, lower(btrim(content.rejection_reason))),
        content.resolution,
        content.currency,
        content.requested_at,
        content.received_at,
        coalesce(
            content.received_at,
            content.inspected_at,
            case when canonical.status in ('received', 'inspected', 'closed') then arrived.at end
        ),
        content.inspected_at,
        content.refund_amount,
        content.fees,
        content.customer_id,
        coalesce(customer_alias.canonical_key, content.customer_key)
    from current_record
    inner join return_content as content on current_record.content = content.content
    inner join system on current_record.system = system.key
    left join current_reference as rma on current_record.record = rma.record and rma.scheme = 'rma'
    left join status_mapping as mapped
        on
            current_record.system = mapped.system
            and mapped.of = 'return'
            and mapped.raw_key = lower(content.status collate "default")
    left join rejection_reason
        on
            current_record.system = rejection_reason.system
            and rejection_reason.raw_key = lower(btrim(content.rejection_reason) collate "default")
    left join customer_alias
        on current_record.system = customer_alias.system and customer_alias.raw_key = content.customer_key
    cross join lateral (select canonical_status('return', mapped.canonical, content.status) as status) as canonical
    left join lateral (
        select min(ledger.at) as at
        from ledger
        inner join return_content as earlier on ledger.content = earlier.content
        left join status_mapping as word
            on
                ledger.system = word.system
                and word.of = 'return'
                and word.raw_key = lower(earlier.status collate "default")
        where
            ledger.record = current_record.record
            and ledger.at <= %(as_of)s
            and (ledger.until is null or ledger.until > ledger.at)
            and canonical_status('return', word.canonical, earlier.status) in ('received', 'inspected', 'closed')
    ) as arrived on true
    where current_record.type = 'return'
) as said;
analyze current_return;
