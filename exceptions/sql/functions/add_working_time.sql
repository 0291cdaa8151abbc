-- The moment at which so much working time has passed: Monday to Friday, 09:00 to 17:00 UTC.
create function add_working_time(beginning timestamptz, span interval) returns timestamptz
language plpgsql immutable strict as $$
declare
    moment timestamp := beginning at time zone 'UTC';
    remaining interval := span;
    closes timestamp;
begin
    loop
        if extract(isodow from moment) > 5 or moment::time >= '17:00' then
            moment := moment::date + 1 + time '09:00';
            continue;
        end if;
        moment := greatest(moment, moment::date + time '09:00');
        closes := moment::date + time '17:00';
        if moment + remaining <= closes then
            return (moment + remaining) at time zone 'UTC';
        end if;
        remaining := remaining - (closes - moment);
        moment := moment::date + 1 + time '09:00';
    end loop;
end
$$;
