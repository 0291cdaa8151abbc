-- A silent flow speaks for what it swallows (checks.md).
update candidate
set state = 'swallowed'
from silent
where
    candidate.kind in (
        'order_missing_downstream', 'unfulfilled_on_account', 'return_missing_downstream', 'stale_stock'
    )
    and candidate.state = 'raised'
    and candidate.leg = silent.flow
    and silent.limit_at <= %(as_of)s
    and candidate.age_from > silent.last_outcome_at
