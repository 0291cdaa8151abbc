-- The moment at which so much of a team's working time has passed.
create function add_working_time(beginning timestamptz, span interval, of_team text) returns timestamptz
language plpgsql stable strict as $$
declare
    hours record;
    remaining interval := span;
    day date;
    since timestamptz;
    closes timestamptz;
begin
    select * into hours from working_hours(of_team);
    day := (beginning at time zone hours.zone)::date;
    for number in 0..3660 loop
        closes := (day + hours.closes) at time zone hours.zone;
        since := greatest((day + hours.opens) at time zone hours.zone, beginning);
        if since < closes and works_on(hours.calendar, hours.days, day) then
            if since + remaining <= closes then
                return since + remaining;
            end if;
            remaining := remaining - (closes - since);
        end if;
        day := day + 1;
    end loop;
    return beginning + span;
end
$$;
