-- Every record whose newest word fell into a period, in exactly one place: in an open exception, else beyond every
-- check (withdrawn, cancelled, void, rejected, or out of every flow), else matched.
create function records_of_period(since timestamptz, before timestamptz, as_of timestamptz)
returns table (record uuid, type text, system text, place text)
language sql stable as $$
    with received as (
        select
            ledger.record,
            ledger.type,
            ledger.system,
            ledger.content
        from ledger
        where
            ledger.at >= since
            and ledger.at < before
            and ledger.at <= as_of
            and (ledger.until is null or ledger.until > as_of)
    ),

    troubled as (
        select
            finding.record,
            finding.other,
            finding.return_record
        from finding
        inner join exception_case as known on finding.kind = known.kind and finding.subject = known.subject
        where finding.state = 'raised' and known.closed_at is null and known.frozen_in is null
    ),

    excepted as (
        select record from troubled
        union
        select other from troubled
        union
        select return_record from troubled
    )

    select
        received.record,
        received.type,
        received.system,
        case
            when excepted.record is not null then 'in_exceptions'
            when received.content is null or not spoken.of then 'not_applicable'
            else 'matched'
        end as place
    from received
    left join excepted on received.record = excepted.record
    left join order_content on received.content = order_content.content
    left join return_content on received.content = return_content.content
    left join credit_content on received.content = credit_content.content
    left join fulfilment_content on received.content = fulfilment_content.content
    cross join
        lateral (
            select
                coalesce(
                    order_content.status, return_content.status, credit_content.status, fulfilment_content.status
                ) as raw
        ) as word
    left join status_mapping as mapped
        on
            received.system = mapped.system
            and received.type = mapped.of
            and mapped.raw_key = lower(word.raw collate "default")
    cross join
        lateral (
            select
                coalesce(
                    canonical_status(received.type, mapped.canonical, word.raw)
                    not in ('cancelled', 'rejected', 'void', 'failed', 'draft'),
                    true
                )
                and (
                    received.type in ('outcome', 'stock_movement', 'product')
                    or exists (
                        select from flow
                        where
                            received.system in (flow.source, flow.target)
                            and (
                                flow.record = received.type
                                or (flow.record = 'stock' and received.type = 'stock_level')
                                or (flow.record = 'credit' and received.type = 'return')
                            )
                    )
                ) as of
        ) as spoken
$$;
