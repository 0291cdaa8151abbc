-- The cases that the run has news of are held to its end, in the order of their numbers: who moves one meanwhile does
-- so before, and is seen by what follows, or waits and then finds that it has moved on.
select known.id
from told
inner join exception_case as known on told.kind = known.kind and told.subject = known.subject
where known.frozen_in is null
order by known.id
for update of known
