-- By how much the open money of a currency moved on each day in the zone, from the first day of the window until now;
-- what moved after the window has no day. An entry's amount is what the next change of it says there was before, else
-- what the case has now: only where amounts changed is there a next entry to look at.
with entry_of as materialized (
    select
        entry.id,
        entry.case_id,
        entry.at,
        coalesce(entry.from_state = any(%(open)s), false) as was_open,
        coalesce(entry.to_state = any(%(open)s), false) as is_open,
        (entry.details ->> 'amount_before')::numeric as before,
        entry.details ? 'amount_before' as changed,
        coalesce(known.amount, 0) as amount
    from trail_entry as entry
    inner join exception_case as known on entry.case_id = known.id
    where
        entry.at >= %(since)s
        and known.currency = %(currency)s
        and (%(kind)s::text is null or known.kind = %(kind)s)
        and (%(team)s::text is null or known.team = %(team)s)
        and (%(customer)s::text is null or known.customer = %(customer)s)
        and (%(flow)s::text is null or known.flow = %(flow)s)
        and (
            entry.details ? 'amount_before'
            or coalesce(entry.from_state = any(%(open)s), false) <> coalesce(entry.to_state = any(%(open)s), false)
        )
),

outgrown as materialized (
    select distinct case_id from entry_of
    where changed
),

valued as (
    select
        entry_of.*,
        coalesce(
            (
                array_agg(coalesce(before, 0)) filter (where changed)
                    over (partition by case_id order by id rows between 1 following and unbounded following)
            )[1],
            amount
        ) as after
    from entry_of
    where case_id in (select outgrown.case_id from outgrown)
    union all
    select
        entry_of.*,
        amount as after
    from entry_of
    where case_id not in (select outgrown.case_id from outgrown)
)

select
    case when at < %(until)s then (at at time zone %(zone)s)::date end as day,
    sum(
        case when is_open then after else 0 end
        - case when was_open then case when changed then coalesce(before, 0) else after end else 0 end
    ) as change
from valued
group by 1
order by 1
