-- How much of a team's working time lies in `[since, until)`; negative where `until` is the earlier one.
create function working_time_between(since timestamptz, until timestamptz, of_team text) returns interval
language plpgsql stable strict as $$
declare
    hours record;
    total interval := '0';
    day date;
    from_here timestamptz;
    to_here timestamptz;
begin
    if until < since then
        return -working_time_between(until, since, of_team);
    end if;
    select * into hours from working_hours(of_team);
    day := (since at time zone hours.zone)::date;
    while (day + hours.opens) at time zone hours.zone < until loop
        from_here := greatest((day + hours.opens) at time zone hours.zone, since);
        to_here := least((day + hours.closes) at time zone hours.zone, until);
        if from_here < to_here and works_on(hours.calendar, hours.days, day) then
            total := total + (to_here - from_here);
        end if;
        day := day + 1;
    end loop;
    return total;
end
$$;
