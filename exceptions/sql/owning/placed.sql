select
    known.id,
    known.title,
    stood.team,
    known.team,
    owner_before.username,
    owner.username
from stood
inner join exception_case as known on stood.id = known.id
left join auth_user as owner_before on stood.owner_id = owner_before.id
left join auth_user as owner on known.owner_id = owner.id
where (stood.team, stood.owner_id) is distinct from (known.team, known.owner_id)
order by known.id
