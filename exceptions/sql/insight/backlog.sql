-- How many cases of each kind were open at a moment: those open now, without what the trail says happened since.
select
    kind,
    sum(cases)::bigint as cases
from (
    select
        known.kind,
        count(*) as cases
    from exception_case as known
    where
        known.closed_at is null
        and (%(kind)s::text is null or known.kind = %(kind)s)
        and (%(team)s::text is null or known.team = %(team)s)
        and (%(customer)s::text is null or known.customer = %(customer)s)
        and (%(flow)s::text is null or known.flow = %(flow)s)
    group by known.kind
    union all
    select
        known.kind,
        count(*) filter (where entry.to_state = any(%(closed)s))
        - count(*) filter (where entry.to_state = any(%(open)s))
    from trail_entry as entry
    inner join exception_case as known on entry.case_id = known.id
    where
        entry.at >= %(until)s
        and coalesce(entry.from_state = any(%(open)s), false) <> (entry.to_state = any(%(open)s))
        and (%(kind)s::text is null or known.kind = %(kind)s)
        and (%(team)s::text is null or known.team = %(team)s)
        and (%(customer)s::text is null or known.customer = %(customer)s)
        and (%(flow)s::text is null or known.flow = %(flow)s)
    group by known.kind
) as counted
group by kind
