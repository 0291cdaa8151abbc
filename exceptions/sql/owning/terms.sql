-- By when the cases in to_place are to be claimed and resolved, in their team's working hours: the most particular
-- policy, else the kind's declaration. Of a storm, most are due at one moment, which is worked out once.
with allowed as (
    select
        placed.id,
        placed.team,
        to_place.since,
        coalesce(make_interval(hours => policy.claim_hours), declared.claim) as claim,
        coalesce(make_interval(hours => policy.resolve_hours), declared.due) as resolve
    from to_place
    inner join placed on to_place.id = placed.id
    inner join declared on to_place.kind = declared.kind
    left join lateral (
        select
            sla_policy.claim_hours,
            sla_policy.resolve_hours
        from sla_policy
        where
            (sla_policy.kind is null or sla_policy.kind = to_place.kind)
            and (sla_policy.severity is null or sla_policy.severity = to_place.severity)
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
    from allowed) as alike
)

insert into term
select
    allowed.id,
    moments.claim_due_at,
    moments.due_at,
    moments.warn_at
from allowed
inner join moments
    on
        allowed.since = moments.since
        and allowed.team = moments.team
        and allowed.claim is not distinct from moments.claim
        and allowed.resolve is not distinct from moments.resolve
