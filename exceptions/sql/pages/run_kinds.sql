-- What one run meant for the exceptions of each kind.
select
    exception_case.kind,
    count(*) filter (where trail_entry.move = 'detect') as opened,
    count(*) filter (where trail_entry.move in ('regress', 'return', 'exceed')) as came_back,
    count(*) filter (where trail_entry.move in ('auto-resolve', 'verify')) as healed,
    count(*) filter (where trail_entry.move = 'supersede') as superseded
from trail_entry
inner join exception_case on trail_entry.case_id = exception_case.id
where trail_entry.source = %(source)s
group by exception_case.kind
