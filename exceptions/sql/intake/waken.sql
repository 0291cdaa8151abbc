-- What only time does: waiting and snoozing end at their date.
with woken as (
    update exception_case as known
    set
        state = case known.state when 'snoozed' then 'new' else 'in_progress' end,
        version = known.version + 1,
        until = null,
        waiting_for = '',
        touched_at = %(at)s,
        due_at = case
            when known.paused_at is null then known.due_at
            else add_working_time(
                %(at)s,
                greatest(working_time_between(known.paused_at, known.due_at, known.team), interval '0'), known.team
            )
        end,
        warn_at = case
            when known.paused_at is null then known.warn_at
            else add_working_time(
                %(at)s,
                greatest(working_time_between(known.paused_at, known.warn_at, known.team), interval '0'), known.team
            )
        end,
        paused_at = null,
        updated_at = %(at)s
    from exception_case as before
    where
        known.id = before.id
        and known.version = before.version
        and before.state in ('waiting', 'snoozed')
        and before.until <= %(at)s
        and before.frozen_in is null
    returning known.id, known.kind, before.state as from_state, known.state as to_state
)

insert into moved
select
    id,
    kind,
    case from_state when 'snoozed' then 'wake' else 'resume' end,
    from_state,
    to_state,
    '{"because": "its date has come"}'
from woken
