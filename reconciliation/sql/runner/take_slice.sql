-- A slice that is neither finished nor being examined; the lock on its row is the claim, and ends with its holder.
select
    number,
    first,
    until
from run_slice
where run = %(run)s and finished_at is null
order by number
limit 1
for update skip locked
