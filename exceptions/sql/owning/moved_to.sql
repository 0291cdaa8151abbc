-- Gives the cases that are known the team and owner that were worked out.
update exception_case as known
set
    team = placed.team,
    owner_id = placed.owner_id
from placed
where known.id = placed.id and (known.team, known.owner_id) is distinct from (placed.team, placed.owner_id)
