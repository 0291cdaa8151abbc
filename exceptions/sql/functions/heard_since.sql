-- Whether every one of these systems has said something of its own since a moment, and it has arrived since.
create function heard_since(systems text[], since timestamptz, as_of timestamptz) returns boolean
language sql stable as $$
select not exists (
    select from unnest(systems) as named (system)
    where
        not exists (
            select from ledger
            where
                ledger.system = named.system
                and ledger.at > since
                and ledger.at <= as_of
                and ledger.arrived_at > since
        )
)
$$;
