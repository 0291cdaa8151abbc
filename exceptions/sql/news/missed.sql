-- Checklists that nobody signed in time, taken once by the entry of the trail that says so; what was due more than a
-- day ago is no news.
with taken as (
    insert into told_entry (entry, told_at)
    select
        entry.id,
        %(at)s
    from trail_entry as entry
    where
        entry.at > %(at)s - %(day)s
        and entry.at <= %(at)s
        and entry.case_id is null
        and entry.move = 'missed'
        and not exists (
            select from told_entry as told
            where told.entry = entry.id
        )
    on conflict do nothing
    returning entry
)

select
    checklist_round.id,
    entry.id
from taken
inner join trail_entry as entry on taken.entry = entry.id
inner join checklist_round
    on entry.about = concat('checklist ', checklist_round.checklist_id, ' ', checklist_round.period)
where checklist_round.due_at > %(at)s - %(day)s and checklist_round.done_at is null
order by checklist_round.due_at, checklist_round.id
