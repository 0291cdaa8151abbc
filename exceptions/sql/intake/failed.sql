-- A claimed fix that newer data disproves: every system in the evidence has spoken since, and the grace of the flow
-- is over, yet the case is still found. What is still to be written for us is waited for. Where only our own data
-- changed, this run is enough.
with failed as (
    update exception_case as known
    set
        state = 'in_progress',
        version = known.version + 1,
        resolution = null,
        applied_at = null,
        touched_at = %(at)s,
        updated_at = %(at)s
    from exception_case as before
    left join flow on before.flow = flow.key
    where
        known.id = before.id
        and known.version = before.version
        and before.state = 'fix_applied'
        and before.frozen_in is null
        and before.applied_at + coalesce(flow.grace, interval '0') < %(as_of)s
        and (
            before.parameters ->> 'effect' = 'own_data'
            or heard_since(before.systems, before.applied_at, %(as_of)s)
        )
        and before.id not in (
            select write_back.case_id
            from write_back
            inner join outbox on write_back.change_id = outbox.id
            where outbox.state in ('planned', 'sending', 'unknown') and outbox.given_up_at is null
        )
    returning known.id, known.kind, before.resolution, before.applied_at
)

insert into moved
select
    id,
    kind,
    'fix_failed',
    'fix_applied',
    'in_progress',
    jsonb_build_object('resolution', resolution, 'applied_at', applied_at)
from failed
