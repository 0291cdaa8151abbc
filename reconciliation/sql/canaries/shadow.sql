-- Empty tables of this connection's own under the names of the real ones, which they hide from it until it ends.
-- Keys to other tables are left out, and so is nothing else that a statement may rely on.
do $$
declare
    name text;
begin
    for name in select tablename from pg_tables where schemaname = 'public' order by tablename loop
        execute format('create temp table %I (like public.%I including all)', name, name);
    end loop;
end
$$
