-- What runs meant for exceptions: how many each opened, brought back and closed.
select
    source,
    count(*) filter (where move = 'detect') as opened,
    count(*) filter (where move in ('regress', 'return', 'exceed')) as came_back,
    count(*) filter (where move in ('auto-resolve', 'verify')) as healed,
    count(*) filter (where move = 'supersede') as superseded
from trail_entry
where source = any(%(sources)s)
group by source
