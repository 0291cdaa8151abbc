-- Findings of a merged case are those of the one it was merged into, and so on: that is seen again, and opens again
-- where the data had resolved it. What the run found of itself it has counted already.
with recursive heard as (
    select child.merged_into_id as id
    from told
    inner join exception_case as child
        on told.kind = child.kind and told.subject = child.subject and child.frozen_in is null
    where told.raised and child.state = 'merged'
    union
    select child.merged_into_id
    from heard
    inner join exception_case as child on heard.id = child.id
    where child.state = 'merged'
),

itself as (
    select known.id
    from told
    inner join exception_case as known on told.kind = known.kind and told.subject = known.subject
    where told.raised
),

spoken as (
    update exception_case as target
    set
        last_seen = %(as_of)s,
        occurrences = target.occurrences + 1,
        updated_at = %(at)s,
        state = case before.state when 'resolved' then 'new' else before.state end,
        version = target.version + case before.state when 'resolved' then 1 else 0 end,
        regressed = target.regressed or before.state = 'resolved',
        closed_at = case when before.state <> 'resolved' then before.closed_at end,
        resolved_by = case when before.state <> 'resolved' then before.resolved_by end
    from exception_case as before
    where
        target.id = before.id
        and before.state <> 'merged'
        and before.frozen_in is null
        and before.id in (select heard.id from heard)
        and before.id not in (select itself.id from itself)
    returning target.id, target.kind, before.state as from_state
)

insert into moved
select
    id,
    kind,
    'regress',
    from_state,
    'new',
    '{}'
from spoken
where from_state = 'resolved';
