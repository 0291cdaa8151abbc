-- The working hours of a team: those of its calendar, else Monday to Friday, 09:00 to 17:00 UTC.
create function working_hours(
    of_team text, out zone text, out days smallint[], out opens time, out closes time, out calendar text
) language sql stable as $$
select
    coalesce(calendar.time_zone, 'UTC'),
    coalesce(calendar.days, '{1,2,3,4,5}'),
    coalesce(calendar.opens, '09:00'),
    coalesce(calendar.closes, '17:00'),
    calendar.key
from (values (of_team)) as asked (team)
left join team on asked.team = team.key
left join calendar on team.calendar_id = calendar.key
$$;

-- Whether a calendar works on a day.
create function works_on(of_calendar text, days smallint[], asked date) returns boolean language sql stable as $$
select extract(isodow from asked)::smallint = any(days)
and not exists (
    select from holiday
    where holiday.calendar_id = of_calendar and holiday.day = asked
)
$$;
