insert into swallowed
select
    leg,
    kind,
    subject,
    amount,
    currency
from looked_back
where state = 'swallowed'
