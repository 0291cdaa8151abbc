-- Entries of the trail that nobody has looked at for news, taken once. What is older than a day is no news; an entry
-- that was committed as late as the margin is found too. An assignment waits, in case it is given back at once.
with taken as (
    insert into told_entry (entry, told_at)
    select
        entry.id,
        %(at)s
    from trail_entry as entry
    where
        entry.at > %(at)s - %(day)s
        and entry.at > (
            select coalesce(max(told_at) - %(margin)s, '-infinity') from told_entry
        )
        and entry.at <= %(at)s - case when entry.move in ('assign', 'reassign') then %(wait)s else interval '0' end
        and entry.case_id is not null
        and (entry.move = any(%(moves)s) or entry.note like '%%@%%')
        and not exists (
            select from told_entry as told
            where told.entry = entry.id
        )
    on conflict do nothing
    returning entry
)

insert into heard
select
    entry.id,
    entry.case_id,
    entry.move,
    entry.by_id,
    entry.note,
    entry.details
from taken
inner join trail_entry as entry on taken.entry = entry.id;
analyze heard
