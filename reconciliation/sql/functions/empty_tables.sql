-- Empties temporary tables. Most are empty already, and those are left alone: a truncation makes new files for a table
-- and each of its indexes, and to delete a few rows costs less as well.
create function empty_tables(names regclass[]) returns void
language plpgsql as $$
declare
    name regclass;
    size bigint;
begin
    foreach name in array names loop
        size := pg_relation_size(name);
        if size > 1 << 20 then
            execute format('truncate %s', name);
        elsif size > 0 then
            execute format('delete from %s', name);
        end if;
    end loop;
end
$$;
