-- Into the inboxes of who works in the checklist's team, or leads it.
insert into notification (person_id, sort, round_id, entry_id, kind, team, count, at)
select
    membership.person_id,
    'missed',
    checklist_round.id,
    missed.entry,
    '',
    checklist.team_id,
    1,
    %(at)s
from unnest(%(rounds)s::bigint[], %(entries)s::bigint[]) as missed (round, entry)
inner join checklist_round on missed.round = checklist_round.id
inner join checklist on checklist_round.checklist_id = checklist.key
inner join membership on checklist.team_id = membership.team_id
inner join auth_user as person on membership.person_id = person.id
where
    person.is_active
    and exists (
        select from role_grant
        where
            role_grant.person_id = membership.person_id
            and (membership.is_lead or role_grant.role = any(%(working)s))
    )
on conflict do nothing
returning id
