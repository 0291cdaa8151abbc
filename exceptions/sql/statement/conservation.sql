-- Every record whose newest word fell into the period, in exactly one place: in an open exception, else beyond every
-- check (withdrawn, cancelled, void, rejected, or out of every flow), else matched.
with received as (
    select
        ledger.record,
        ledger.type,
        ledger.system,
        ledger.content
    from ledger
    where
        ledger.at >= %(since)s
        and ledger.at < %(until)s
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
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
    received.type,
    count(*) as received,
    count(*) filter (where excepted.record is not null) as in_exceptions,
    count(*) filter (where excepted.record is null and (received.content is null or not spoken.of)) as not_applicable,
    count(*) filter (where excepted.record is null and received.content is not null and spoken.of) as matched
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
group by received.type
order by received.type
