-- The time of cases that came back begins anew.
update exception_case as known
set
    claim_due_at = term.claim_due_at,
    due_at = term.due_at,
    warn_at = term.warn_at,
    claim_missed_at = null,
    touched_at = null,
    escalated = 0
from term
where known.id = term.id
