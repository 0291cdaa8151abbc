-- Into the inboxes: each person hears of a case once a sort, and of many at once in one line a kind.
with heard_once as (
    select distinct on (listener.person, listener.sort, listener.case_id)
        listener.person,
        listener.sort,
        listener.case_id,
        listener.entry,
        known.kind,
        known.team
    from listener
    inner join exception_case as known on listener.case_id = known.id
    where
        listener.sort <> 'critical'
        or not exists (
            select from listener as nearer
            where
                nearer.person = listener.person
                and nearer.case_id = listener.case_id
                and nearer.sort <> 'critical'
        )
    order by listener.person asc, listener.sort asc, listener.case_id asc, listener.entry desc
),

counted as (
    select
        heard_once.*,
        count(*) over (partition by person, sort, team) as together,
        count(*) over (partition by person, sort, team, kind) as alike
    from heard_once
)

insert into notification (person_id, sort, case_id, entry_id, kind, team, count, at)
select
    person,
    sort,
    case_id,
    entry,
    kind,
    team,
    case when sort = 'storm' then 1 + (
        select count(*) from exception_case as child
        where child.storm_id = counted.case_id
    ) else 1 end,
    %(at)s
from counted
where together <= %(most)s or alike = 1 or sort = 'storm'
union all
select
    person,
    sort,
    null,
    null,
    kind,
    team,
    alike,
    %(at)s
from counted
where together > %(most)s and alike > 1 and sort <> 'storm'
group by person, sort, kind, team, alike
on conflict do nothing
returning id
