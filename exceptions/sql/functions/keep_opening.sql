-- A signed item of the opening balance stays as it was signed.
create function keep_opening() returns trigger language plpgsql as $$
begin
    raise exception 'the opening balance of % is signed', old.reference;
end
$$;
create trigger keep_opening before update or delete on opening_item
for each row when (old.signed_at is not null) execute function keep_opening();
