-- What was closed and is found again: resolved comes back with its history, accepted when it has outgrown what was
-- accepted (or is of another currency now), dismissed when it had healed meanwhile.
with back as (
    update exception_case as known
    set
        state = 'new',
        version = known.version + 1,
        regressed = known.regressed or known.resolved_by is distinct from 'superseded',
        resolution = null,
        resolved_by = null,
        superseded_by_id = null,
        accepted_amount = null,
        healed_at = null,
        closed_at = null,
        until = null,
        applied_at = null,
        paused_at = null,
        escalated = 0,
        previous_owner_id = before.owner_id,
        owner_id = null,
        storm_id = null
    from told
    inner join exception_case as before on told.kind = before.kind and told.subject = before.subject
    where
        known.id = before.id
        and before.frozen_in is null
        and told.raised
        and not told.suppressed
        and (
            before.state = 'resolved'
            or (
                before.state = 'accepted'
                and (
                    told.amount > coalesce(before.accepted_amount, 0)
                    or (told.amount is not null and told.currency is distinct from before.currency)
                )
            )
            or (before.state = 'dismissed' and (before.healed_at is not null or before.until <= %(at)s))
        )
    returning known.id, known.kind, before.state as from_state, before.resolved_by
)

insert into moved
select
    id,
    kind,
    case
        when from_state = 'resolved' and resolved_by = 'superseded' then 'return'
        when from_state = 'accepted' then 'exceed'
        else 'regress'
    end,
    from_state,
    'new',
    '{}'
from back;

insert into to_place (id, since)
select
    id,
    %(as_of)s
from moved
where move in ('return', 'exceed', 'regress');

update acceptance
set ended_at = %(at)s
from moved
where acceptance.case_id = moved.id and moved.move = 'exceed' and acceptance.ended_at is null
