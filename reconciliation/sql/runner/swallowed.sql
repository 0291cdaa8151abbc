insert into swallowed
select
    leg,
    kind,
    subject,
    amount,
    currency
from finding
where state = 'swallowed'
