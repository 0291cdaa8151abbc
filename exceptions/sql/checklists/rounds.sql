-- The rounds of every checklist that is on, from its beginning or two weeks ago on, that are not stored yet. A day
-- counts when the team's calendar works on it, a week begins with its first working day from the weekday on, a month
-- is over when the next one begins; none is made that was due before its checklist began.
with
lists as (
    select
        checklist.*,
        hours.zone,
        hours.days,
        hours.calendar,
        (%(at)s at time zone hours.zone)::date as today
    from checklist
    cross join lateral working_hours(checklist.team_id) as hours
    where checklist.is_on
),

days as (
    select
        lists.key,
        lists.today - back as day,
        lists.rhythm,
        lists.weekday,
        lists.days,
        lists.calendar,
        lists.zone
    from lists
    cross join generate_series(0, 14) as back
),

openings as (
    select
        key,
        zone,
        day,
        to_char(day, 'YYYY-MM-DD') as period
    from days
    where rhythm = 'daily' and works_on(calendar, days, day)
    union all
    select
        days.key,
        days.zone,
        first.day,
        to_char(first.day, 'IYYY-"W"IW')
    from (
        select distinct
            key,
            zone,
            weekday,
            days,
            calendar,
            date_trunc('week', day)::date as monday
        from days
        where rhythm = 'weekly'
    ) as days
    cross join
        lateral (
            select days.monday + ahead as day
            from generate_series(days.weekday - 1, 6) as ahead
            where works_on(days.calendar, days.days, days.monday + ahead)
            order by ahead limit 1
        ) as first
    union all
    select
        key,
        zone,
        date_trunc('month', today)::date,
        to_char(date_trunc('month', today) - interval '1 day', 'YYYY-MM')
    from lists
    where rhythm = 'monthly'
),

due as (
    select
        openings.key,
        openings.period,
        openings.day::timestamp at time zone openings.zone as opens_at,
        add_working_time(
            openings.day::timestamp at time zone openings.zone, make_interval(hours => lists.due_hours), lists.team_id
        ) as due_at,
        lists.since
    from openings
    inner join lists on openings.key = lists.key
    where openings.day <= lists.today
)

insert into checklist_round (checklist_id, period, opens_at, due_at, note)
select
    key,
    period,
    opens_at,
    due_at,
    ''
from due
where due_at > since
on conflict (checklist_id, period) do nothing
returning id
