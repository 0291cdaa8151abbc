-- Gives the cases that are known the team and owner that were worked out, unless a person has placed one meanwhile.
update exception_case as known
set
    team = placed.team,
    owner_id = placed.owner_id
from placed
inner join to_place on placed.id = to_place.id
where
    known.id = placed.id
    and known.placed_by_person = (to_place.team is not null)
    and (known.team, known.owner_id) is distinct from (placed.team, placed.owner_id)
