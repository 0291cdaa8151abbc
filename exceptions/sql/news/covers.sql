-- Who stands in for somebody who is away hears what that person hears of their own cases, the last cover alone.
insert into listener
select
    listener.sort,
    listener.case_id,
    listener.entry,
    cover.cover_id
from listener
inner join exception_case as known on listener.case_id = known.id and listener.person = known.owner_id
inner join lateral (
    select standing_in.cover_id
    from cover as standing_in
    where
        standing_in.person_id = listener.person
        and standing_in.since <= %(at)s
        and standing_in.until > %(at)s
    order by standing_in.id desc
    limit 1
) as cover on true
inner join auth_user as person on cover.cover_id = person.id
left join heard on listener.entry = heard.entry
where
    listener.sort in ('assigned', 'due', 'breached', 'came_back', 'idle')
    and person.is_active
    and cover.cover_id is distinct from heard.by_id
    and exists (
        select from role_grant
        where role_grant.person_id = cover.cover_id
    )
