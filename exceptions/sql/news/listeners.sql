-- Who hears it, beside its author: owners, leads, the steps of the chain, and whole teams.
with told as (
    select
        told_news.sort,
        told_news.case_id,
        told_news.entry,
        known.team,
        known.owner_id,
        known.previous_owner_id,
        heard.move,
        heard.by_id,
        (heard.details ->> 'level')::integer as level
    from told_news
    inner join exception_case as known on told_news.case_id = known.id
    left join heard on told_news.entry = heard.entry
),

step as (
    select
        team_id,
        person_id,
        2 + row_number() over (partition by team_id order by after_hours) as level
    from escalation_step
),

ears as (
    select
        told.*,
        owner_id as person
    from told
    where sort in ('assigned', 'due', 'came_back', 'idle') or (sort = 'breached' and level = 2)
    union
    select
        told.*,
        previous_owner_id
    from told
    where sort = 'came_back' and move in ('regress', 'return', 'exceed')
    union
    select
        told.*,
        step.person_id
    from told
    inner join step on told.team = step.team_id and told.level = step.level
    where told.sort = 'breached'
    union
    select
        told.*,
        membership.person_id
    from told
    inner join membership on told.team = membership.team_id
    where
        (membership.is_lead and told.sort = 'due' and told.owner_id is null)
        or (membership.is_lead and told.sort = 'breached' and told.level = 2)
        or (
            told.sort in ('critical', 'storm')
            and exists (
                select from role_grant
                where role_grant.person_id = membership.person_id and role_grant.role = any(%(working)s)
            )
        )
)

insert into listener
select
    ears.sort,
    ears.case_id,
    ears.entry,
    ears.person
from ears
inner join auth_user as person on ears.person = person.id
where
    person.is_active
    and ears.person is distinct from ears.by_id
    and exists (
        select from role_grant
        where role_grant.person_id = ears.person
    )
