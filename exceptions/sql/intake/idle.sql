-- What its owner has not touched for longer than the team's idle limit goes back to the team.
with released as (
    update exception_case as known
    set
        state = 'new',
        version = known.version + 1,
        previous_owner_id = before.owner_id,
        owner_id = null,
        updated_at = %(at)s
    from exception_case as before
    inner join team on before.team = team.key
    where
        known.id = before.id
        and known.version = before.version
        and before.state = 'in_progress'
        and before.frozen_in is null
        and before.touched_at < %(at)s - make_interval(hours => team.idle_hours)
        and working_time_between(before.touched_at, %(at)s, before.team) > make_interval(hours => team.idle_hours)
    returning known.id, known.kind, before.owner_id
)

insert into moved
select
    id,
    kind,
    'release',
    'in_progress',
    'new',
    jsonb_build_object('because', 'idle', 'owner_before', owner_id)
from released
