-- By when the cases in to_place are to be claimed and resolved, in their team's working hours: the most particular
-- policy, else the kind's declaration.
with terms as (
    select
        before.id,
        before.team,
        to_place.since,
        coalesce(make_interval(hours => policy.claim_hours), declared.claim) as claim,
        coalesce(make_interval(hours => policy.resolve_hours), declared.due) as resolve
    from to_place
    inner join exception_case as before on to_place.id = before.id
    inner join declared on before.kind = declared.kind
    left join lateral (
        select
            sla_policy.claim_hours,
            sla_policy.resolve_hours
        from sla_policy
        where
            (sla_policy.kind is null or sla_policy.kind = before.kind)
            and (sla_policy.severity is null or sla_policy.severity = before.severity)
        order by sla_policy.kind is not null desc, sla_policy.severity is not null desc
        limit 1
    ) as policy on true
)

update exception_case as known
set
    claim_due_at = add_working_time(terms.since, terms.claim, terms.team),
    due_at = add_working_time(terms.since, terms.resolve, terms.team),
    warn_at = add_working_time(terms.since, terms.resolve * 0.75, terms.team),
    escalated = 0
from terms
where known.id = terms.id
