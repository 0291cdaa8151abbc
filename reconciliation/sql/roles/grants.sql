-- What the role that the product runs as may do: read and write rows, but own, empty and change no table, and of the
-- trail take nothing away. It is named by the setting reconciliation.role, and made if there is none of that name.
do $$
declare
    role text := current_setting('reconciliation.role');
    kept text;
begin
    begin
        if not exists (select from pg_roles where rolname = role) then
            execute format('create role %I login', role);
        end if;
    exception when duplicate_object or unique_violation then
        null;
    end;
    execute format('grant usage on schema public to %I', role);
    execute format('grant select, insert, update, delete on all tables in schema public to %I', role);
    execute format('grant usage, select on all sequences in schema public to %I', role);
    for kept in
        select tablename from pg_tables
        where schemaname = 'public' and tablename in ('trail_entry', 'trail_seal', 'sealed_entry')
    loop
        execute format('revoke update, delete on %I from %I', kept, role);
    end loop;
end
$$
