-- Hands on every open case of a person who leaves: to the successor where that is somebody of its team, else back to
-- the team's queue. What waits, is claimed to be fixed or awaits approval stays so; what was being worked on is new.
with held as (
    select
        id,
        state,
        (
            select membership.person_id from membership
            where membership.person_id = %(successor)s and membership.team_id = exception_case.team
        ) as heir
    from exception_case
    where owner_id = %(person)s and state = any(%(open)s)
    order by id
    for update
),

moved as (
    update exception_case as known
    set
        owner_id = held.heir,
        state = case when held.heir is null and held.state = 'in_progress' then 'new' else held.state end,
        version = known.version + 1,
        placed_by_person = held.heir is not null,
        touched_at = %(at)s,
        updated_at = %(at)s
    from held
    where known.id = held.id
    returning known.id, held.state as from_state, known.state as to_state, held.heir
),

told as (
    insert into trail_entry (case_id, at, by_id, move, from_state, to_state, note, source, request_id, details)
    select
        id,
        %(at)s,
        %(by)s,
        case when heir is null then 'release' else 'reassign' end,
        from_state,
        to_state,
        '',
        %(source)s,
        %(request_id)s,
        jsonb_build_object(
            'because', 'its owner left', 'owner_before', %(name)s,
            'owner', case when heir is null then null else %(successor_name)s end
        )
    from moved
    order by id
)

select
    count(*) filter (where heir is not null) as handed_over,
    count(*) filter (where heir is null) as given_back
from moved
