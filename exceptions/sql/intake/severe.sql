-- A large amount at risk makes a case more severe, never less.
update exception_case as known
set severity = graver.severity
from told
cross join lateral (
    select threshold.severity
    from severity_threshold as threshold
    where
        (threshold.kind is null or threshold.kind = told.kind)
        and threshold.currency = told.currency
        and threshold.amount_from <= told.amount
    order by array_position(array['low', 'medium', 'high', 'critical'], threshold.severity::text) desc
    limit 1
) as graver
where
    told.raised
    and known.kind = told.kind
    and known.subject = told.subject
    and known.closed_at is null
    and array_position(array['low', 'medium', 'high', 'critical'], graver.severity::text)
    > array_position(array['low', 'medium', 'high', 'critical'], known.severity::text)
