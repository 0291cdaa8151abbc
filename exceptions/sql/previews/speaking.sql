-- The cases that speak for merged ones and that a change concerns, themselves or through one of these: whether any of
-- these is raised with the change, or newly told so, and whether the case itself was raised before it.
with recursive told as (
    select told.*
    from unnest(%(kinds)s::text[], %(subjects)s::text[], %(raised)s::boolean[]) as told (kind, subject, raised)
),

concerned as (
    select case when known.state = 'merged' then known.merged_into_id else known.id end as id
    from told
    inner join exception_case as known
        on told.kind = known.kind and told.subject = known.subject and known.frozen_in is null
    union
    select child.merged_into_id
    from concerned
    inner join exception_case as child on concerned.id = child.id
    where child.state = 'merged'
),

spoken as (
    select
        child.merged_into_id as target,
        child.id,
        child.kind,
        child.subject,
        child.frozen_in
    from concerned
    inner join exception_case as child on concerned.id = child.merged_into_id
    where child.state = 'merged'
    union
    select
        spoken.target,
        child.id,
        child.kind,
        child.subject,
        child.frozen_in
    from spoken
    inner join exception_case as child on spoken.id = child.merged_into_id
    where child.state = 'merged'
)

select
    spoken.target,
    bool_or(coalesce(told.raised, found.raised)) as speaks,
    bool_or(coalesce(told.raised, false)) as is_told,
    exists(
        select from exception_case as target
        inner join finding on target.kind = finding.kind and target.subject = finding.subject
        where target.id = spoken.target and finding.state = 'raised'
    ) as was_raised
from spoken
left join told on spoken.kind = told.kind and spoken.subject = told.subject
cross join
    lateral (
        select count(*) > 0 as raised
        from finding
        where finding.kind = spoken.kind and finding.subject = spoken.subject and finding.state = 'raised'
    ) as found
where spoken.frozen_in is null
group by spoken.target
