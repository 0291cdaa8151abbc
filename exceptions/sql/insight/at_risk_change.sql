-- By how much the open money of each kind and currency has moved since a moment. Only cases that the trail names since
-- then can differ: what each was then stands in the first entries since, what it is now on the case.
with since as (
    select
        entry.case_id,
        (array_agg(entry.from_state order by entry.id))[1] as state_then,
        (array_agg(entry.details order by entry.id) filter (where entry.details ? 'amount_before'))[1] as first_change
    from trail_entry as entry
    where entry.at >= %(since)s and entry.at < %(until)s and entry.case_id is not null
    group by entry.case_id
),

chosen as (
    select known.*
    from exception_case as known
    inner join since on known.id = since.case_id
    where
        (%(kind)s::text is null or known.kind = %(kind)s)
        and (%(team)s::text is null or known.team = %(team)s)
        and (%(customer)s::text is null or known.customer = %(customer)s)
        and (%(flow)s::text is null or known.flow = %(flow)s)
),

then_and_now as (
    select
        known.kind,
        known.currency,
        case when known.closed_at is null then known.amount else 0 end as amount,
        0::numeric as amount_then
    from since
    inner join chosen as known on since.case_id = known.id
    union all
    select
        known.kind,
        case when since.first_change is null then known.currency else since.first_change ->> 'currency_before' end,
        0,
        case
            when since.state_then = any(%(open)s)
                then
                    case
                        when since.first_change is null then known.amount
                        else (since.first_change ->> 'amount_before')::numeric
                    end
        end
    from since
    inner join chosen as known on since.case_id = known.id
)

select
    kind,
    currency,
    coalesce(sum(amount), 0) - coalesce(sum(amount_then), 0) as change
from then_and_now
where currency is not null
group by kind, currency
