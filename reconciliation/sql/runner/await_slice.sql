-- Waits for whoever examines the first unfinished slice; nothing when they finish it, the slice when they die over it.
select
    number,
    first,
    until
from run_slice
where run = %(run)s and finished_at is null
order by number
limit 1
for update
