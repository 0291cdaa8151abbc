-- A claimed fix of what is found no longer, though nothing about it was news in this run: proven once every system in
-- the evidence has spoken since the claim.
with proven as (
    update exception_case as known
    set
        state = 'resolved',
        version = known.version + 1,
        resolved_by = 'data',
        closed_at = %(at)s,
        updated_at = %(at)s
    where
        known.state = 'fix_applied'
        and known.frozen_in is null
        and not exists (
            select from finding
            where finding.kind = known.kind and finding.subject = known.subject and finding.state = 'raised'
        )
        and known.id not in (select speaking.id from speaking)
        and (known.parameters ->> 'effect' = 'own_data' or heard_since(known.systems, known.applied_at, %(as_of)s))
    returning known.id, known.kind
)

insert into moved
select
    id,
    kind,
    'verify',
    'fix_applied',
    'resolved',
    '{}'
from proven
