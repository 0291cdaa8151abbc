-- What the planner knows of these tables, taken anew. Only who owns a table may do so, and PostgreSQL 16 can grant it
-- to nobody else; the role that the product runs as owns none.
create function take_statistics(names text[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    name text;
begin
    foreach name in array names loop
        execute format('analyze public.%I', name);
    end loop;
end
$$;
