-- What nobody has taken, or done anything else about, in the time to claim it: told once. What a person has touched
-- was taken in hand.
with missed as (
    update exception_case
    set claim_missed_at = %(at)s
    where
        state = 'new'
        and touched_at is null
        and claim_missed_at is null
        and claim_due_at <= %(at)s
        and frozen_in is null
    returning id, kind
)

insert into moved
select
    id,
    kind,
    'unclaimed',
    'new',
    'new',
    '{"level": 2, "to": "the leads of its team"}'
from missed
