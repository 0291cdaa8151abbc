-- A closed month stays as it was signed: only reopening it is allowed, and its signatures only grow.
create function keep_period() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or (old.state = 'closed' and new.state = 'closed') then
        raise exception 'the month % % is closed', old.month, old.currency;
    end if;
    return new;
end
$$;
create trigger keep_period before update or delete on period
for each row when (old.state = 'closed') execute function keep_period();

create function keep_period_items() returns trigger language plpgsql as $$
declare
    of_period bigint := case tg_op when 'DELETE' then old.period_id else new.period_id end;
begin
    if exists (select from period where id = of_period and state = 'closed') then
        raise exception 'the items of a closed month stay as they were signed';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;
create trigger keep_period_items before insert or update or delete on period_item
for each row execute function keep_period_items();

create function keep_signatures() returns trigger language plpgsql as $$
begin
    raise exception 'signature % stays as it is', old.id;
end
$$;
create trigger keep_signatures before update or delete on period_signature
for each row execute function keep_signatures();
