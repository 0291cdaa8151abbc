-- The trail and its seals only grow, neither row by row nor as a whole anything is taken from them.
create function keep_trail_whole() returns trigger language plpgsql as $$
begin
    raise exception 'the trail is append-only: % on % is refused', lower(tg_op), tg_table_name;
end
$$;
create trigger keep_seals before update or delete on trail_seal
for each row execute function keep_trail_whole();
create trigger keep_seals before update or delete on sealed_entry
for each row execute function keep_trail_whole();
create trigger keep_whole before truncate on trail_entry
for each statement execute function keep_trail_whole();
create trigger keep_whole before truncate on trail_seal
for each statement execute function keep_trail_whole();
create trigger keep_whole before truncate on sealed_entry
for each statement execute function keep_trail_whole();
