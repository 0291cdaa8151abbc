-- What is open and no longer found: resolved by the data, or because a more telling kind speaks for it. What a person
-- closed stays closed, and is marked as healed. What speaks for a merged one stays open as long as that is found. A
-- claimed fix is proven by data newer than the claim alone.
with healed as (
    update exception_case as known
    set
        state = 'resolved',
        version = known.version + 1,
        resolved_by = case
            when told.suppressed then 'suppressed' when told.yields_to is null then 'data' else 'superseded'
        end,
        superseded_by_id = greater.id,
        closed_at = %(at)s,
        until = null,
        paused_at = null,
        updated_at = %(at)s
    from told
    inner join exception_case as before on told.kind = before.kind and told.subject = before.subject
    left join exception_case as greater
        on
            told.yields_to = greater.kind
            and told.yields_to_subject = greater.subject
            and greater.frozen_in is null
    where
        known.id = before.id
        and (
            told.suppressed
            or (not told.raised and before.id not in (select speaking.id from speaking))
        )
        and before.frozen_in is null
        and before.state in ('new', 'in_progress', 'waiting', 'snoozed', 'pending_approval', 'fix_applied')
    returning
        known.id, known.kind, before.state as from_state, known.resolved_by, greater.id as greater,
        before.evidence,
        before.state = 'fix_applied' and (
            before.parameters ->> 'effect' = 'own_data'
            or heard_since(before.systems, before.applied_at, %(as_of)s)
        ) as proven
),

noticed as (
    update exception_case as known
    set healed_at = %(as_of)s
    from told
    where
        known.kind = told.kind
        and known.subject = told.subject
        and not told.raised
        and known.id not in (select speaking.id from speaking)
        and known.state in ('accepted', 'dismissed')
        and known.healed_at is null
)

insert into moved
select
    id,
    kind,
    case
        when resolved_by = 'superseded' then 'supersede'
        when resolved_by = 'data' and proven then 'verify'
        else 'auto-resolve'
    end,
    from_state,
    'resolved',
    jsonb_build_object('superseded_by', greater, 'evidence_before', evidence)
from healed;

update proposal
set decision = 'void', decided_at = %(at)s
from moved
where proposal.case_id = moved.id and moved.to_state = 'resolved' and proposal.decision is null
