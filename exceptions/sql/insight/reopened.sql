-- What became of the closings in the window, by resolution: how many, and how many of them were opened again since.
-- And how many claims of each resolution newer data disproved before anything was closed.
with closing as (
    select
        entry.id,
        entry.case_id,
        entry.move,
        entry.at
    from trail_entry as entry
    inner join exception_case as known on entry.case_id = known.id
    where
        entry.at >= %(since)s
        and entry.at < %(until)s
        and (
            entry.move = 'fix_failed'
            or (entry.to_state in ('resolved', 'accepted', 'dismissed') and entry.from_state = any(%(open)s))
        )
        and (%(kind)s::text is null or known.kind = %(kind)s)
        and (%(team)s::text is null or known.team = %(team)s)
        and (%(customer)s::text is null or known.customer = %(customer)s)
        and (%(flow)s::text is null or known.flow = %(flow)s)
),

-- the last time that each was opened again: nothing else in the window can have come back
opened_again as materialized (
    select
        case_id,
        max(id) as last_id
    from trail_entry
    where move in ('regress', 'exceed', 'reopen') and at >= %(since)s
    group by case_id
),

judged as (
    select
        closing.move = 'fix_failed' as disproved,
        case
            when closing.move in ('auto-resolve', 'supersede') then 'healed'
            when closing.move = 'dismiss' then 'dismiss'
            else chosen.resolution
        end as resolution,
        closing.move <> 'fix_failed' and coalesce(opened_again.last_id > closing.id, false) as came_back
    from closing
    left join opened_again on closing.case_id = opened_again.case_id
    left join lateral (
        select said.details ->> 'resolution' as resolution
        from trail_entry as said
        where
            said.case_id = closing.case_id
            and said.id <= closing.id
            and said.details ? 'resolution'
            and closing.move not in ('auto-resolve', 'supersede', 'dismiss')
        order by said.id desc
        limit 1
    ) as chosen on true
)

select
    coalesce(resolution, 'other') as resolution,
    count(*) filter (where not disproved) as closed,
    count(*) filter (where came_back) as came_back,
    count(*) filter (where disproved) as disproved
from judged
group by coalesce(resolution, 'other')
order by came_back desc, closed desc, resolution asc
