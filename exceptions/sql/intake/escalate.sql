-- Who is told as time runs out: at three quarters of it the owner (1), at its end the leads (2), then the steps of the
-- team's chain (3, 4 …). Each level once, the highest that has come.
with level as (
    select
        exception_case.id,
        greatest(
            1,
            case when exception_case.due_at <= %(at)s then 2 end,
            2 + (
                select count(*) from escalation_step as step
                where
                    step.team_id = exception_case.team
                    and exception_case.due_at <= %(at)s
                    and working_time_between(exception_case.due_at, %(at)s, exception_case.team)
                    >= make_interval(hours => step.after_hours)
            ) * case when exception_case.due_at <= %(at)s then 1 end
        ) as reached
    from exception_case
    where
        exception_case.closed_at is null
        and exception_case.warn_at <= %(at)s
        and exception_case.paused_at is null
        and exception_case.state not in ('snoozed', 'fix_applied')
        and exception_case.frozen_in is null
        and exception_case.escalated < 2 + (
            select count(*) from escalation_step as step
            where step.team_id = exception_case.team
        )
),

escalated as (
    update exception_case as known
    set escalated = level.reached
    from level
    where known.id = level.id and known.escalated < level.reached
    returning known.id, known.kind, known.state, known.escalated, known.team
)

insert into moved
select
    escalated.id,
    escalated.kind,
    'escalate',
    escalated.state,
    escalated.state,
    jsonb_build_object(
        'level', escalated.escalated,
        'to', case escalated.escalated
            when 1 then 'its owner'
            when 2 then 'the leads of its team'
            else (
                select (array_agg(
                    coalesce(nullif(trim(person.first_name || ' ' || person.last_name), ''), person.username)
                    order by step.after_hours
                ))[escalated.escalated - 2]
                from escalation_step as step
                inner join auth_user as person on step.person_id = person.id
                where step.team_id = escalated.team
            )
        end
    )
from escalated
