-- Whether every one of these systems has said something since a moment, and it has arrived since: a record, an outcome,
-- or a pull that went through to its end, even if there was nothing to tell.
create or replace function heard_since(systems text[], since timestamptz, as_of timestamptz) returns boolean
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
        and not exists (
            select from pull_run
            inner join connection on pull_run.connection_id = connection.id
            where
                connection.system = named.system
                and pull_run.until > heard_since.since
                and pull_run.until <= as_of
                and pull_run.finished_at > heard_since.since
                and pull_run.error = ''
        )
)
$$;
