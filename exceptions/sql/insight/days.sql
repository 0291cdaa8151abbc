-- Per day in the zone: cases that became open, that healed by themselves, and that were closed by people's work.
select
    known.kind,
    (entry.at at time zone %(zone)s)::date as day,
    count(*) filter (where entry.to_state = any(%(open)s)) as opened,
    count(*) filter (
        where entry.to_state = any(%(closed)s) and entry.move in ('auto-resolve', 'supersede')
    ) as healed,
    count(*) filter (
        where entry.to_state = any(%(closed)s) and entry.move not in ('auto-resolve', 'supersede')
    ) as worked
from trail_entry as entry
inner join exception_case as known on entry.case_id = known.id
where
    entry.at >= %(since)s
    and entry.at < %(until)s
    and coalesce(entry.from_state = any(%(open)s), false) <> (entry.to_state = any(%(open)s))
    and (%(kind)s::text is null or known.kind = %(kind)s)
    and (%(team)s::text is null or known.team = %(team)s)
    and (%(customer)s::text is null or known.customer = %(customer)s)
    and (%(flow)s::text is null or known.flow = %(flow)s)
group by known.kind, day
order by day, known.kind
