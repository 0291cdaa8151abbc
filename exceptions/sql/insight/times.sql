-- How long people took, in hours by the clock: from a case's last opening until it was taken, and until it was closed
-- by work. By kind, and over all kinds where kind is null.
with taken as (
    select
        known.kind,
        case when entry.move in ('claim', 'assign') then 'claim' else 'resolve' end as what,
        extract(epoch from entry.at - opening.at) / 3600.0 as hours
    from trail_entry as entry
    inner join exception_case as known on entry.case_id = known.id
    cross join
        lateral (
            select before.at
            from trail_entry as before
            where
                before.case_id = entry.case_id
                and before.id < entry.id
                and before.to_state = any(%(open)s)
                and not coalesce(before.from_state = any(%(open)s), false)
            order by before.id desc
            limit 1
        ) as opening
    where
        entry.at >= %(since)s
        and entry.at < %(until)s
        and (
            (entry.move in ('claim', 'assign') and entry.from_state = 'new')
            or (
                entry.to_state in ('resolved', 'accepted', 'dismissed')
                and entry.from_state = any(%(open)s)
                and entry.move not in ('auto-resolve', 'supersede')
            )
        )
        and (%(kind)s::text is null or known.kind = %(kind)s)
        and (%(team)s::text is null or known.team = %(team)s)
        and (%(customer)s::text is null or known.customer = %(customer)s)
        and (%(flow)s::text is null or known.flow = %(flow)s)
)

select
    kind,
    what,
    count(*) as cases,
    percentile_cont(0.5) within group (order by hours) as median,
    percentile_cont(0.9) within group (order by hours) as ninetieth
from taken
group by grouping sets ((kind, what), (what))
order by cases desc, kind asc
