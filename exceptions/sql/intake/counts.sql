select
    kind,
    count(*) filter (where move = 'detect') as opened,
    count(*) filter (where move in ('regress', 'return', 'exceed')) as reopened,
    count(*) filter (where to_state = 'resolved') as resolved
from moved
group by kind
