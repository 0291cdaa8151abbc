-- What its owner has left alone for three quarters of the time after which it goes back to the team: said once.
insert into told_news
select
    'idle',
    known.id,
    null
from exception_case as known
inner join team on known.team = team.key
where
    known.state = 'in_progress'
    and known.owner_id is not null
    and known.frozen_in is null
    and team.idle_hours > 0
    and known.touched_at < %(at)s - make_interval(hours => team.idle_hours) * 0.75
    and not exists (
        select from notification as told
        where told.case_id = known.id and told.sort = 'idle' and told.at >= known.touched_at
    )
    and working_time_between(known.touched_at, %(at)s, known.team) > make_interval(hours => team.idle_hours) * 0.75
