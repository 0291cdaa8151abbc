-- By when the cases in to_place are to be claimed and resolved, in their team's working hours: the most particular
-- policy, else the kind's declaration. Of a storm, most are due at one moment, which is worked out once. Storms are
-- marked in passing (intake/storms.sql).
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
),

moments as materialized (
    select
        since,
        claim,
        resolve,
        team,
        add_working_time(since, claim, team) as claim_due_at,
        add_working_time(since, resolve, team) as due_at,
        add_working_time(since, resolve * 0.75, team) as warn_at
    from (select distinct
        since,
        claim,
        resolve,
        team
    from terms) as alike
)

update exception_case as known
set
    claim_due_at = moments.claim_due_at,
    due_at = moments.due_at,
    warn_at = moments.warn_at,
    escalated = 0,
    storm_id = coalesce(stormed.head, known.storm_id)
from terms
inner join moments
    on
        terms.since = moments.since
        and terms.team = moments.team
        and terms.claim is not distinct from moments.claim
        and terms.resolve is not distinct from moments.resolve
left join stormed on terms.id = stormed.id
where known.id = terms.id
