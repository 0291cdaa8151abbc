-- The trail only grows.
create function keep_trail() returns trigger language plpgsql as $$
begin
    raise exception 'the trail is append-only: entry % of case % stays as it is', old.id, old.case_id;
end
$$;
create trigger keep_trail before update or delete on trail_entry for each row execute function keep_trail();
