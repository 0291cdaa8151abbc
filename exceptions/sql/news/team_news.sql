-- What a whole team hears: the critical one by one, and of a storm its head alone, whatever its severity.
with fresh as (
    select
        heard.entry,
        known.id,
        known.severity,
        coalesce(
            known.storm_id,
            (
                select min(child.storm_id) from exception_case as child
                where child.storm_id = known.id
            )
        ) as storm
    from heard
    inner join exception_case as known on heard.case_id = known.id
    where
        heard.move in ('detect', 'regress', 'return', 'exceed', 'transfer')
        and known.state = 'new'
        and (known.severity = 'critical' or heard.move = 'detect')
)

insert into told_news
select
    'critical',
    id,
    entry
from fresh
where storm is null and severity = 'critical'
union all
select
    'storm',
    storm,
    null
from fresh
where storm is not null
group by storm
