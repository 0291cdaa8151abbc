-- Whoever has a case keeps it.
update to_place
set
    team = known.team,
    owner_id = known.owner_id
from exception_case as known
where to_place.id = known.id
