-- Whether a record with these words travels on a flow with the filter `only` (contract.md, *Topology in*).
create function travels(only_these jsonb, channel text, currency text, statuses text[], customer text)
returns boolean
language sql immutable parallel safe
return only_these is null or (
    (not only_these ? 'channel' or coalesce(only_these -> 'channel' ? channel, false))
    and (not only_these ? 'currency' or coalesce(only_these -> 'currency' ? currency, false))
    and (not only_these ? 'status' or coalesce(only_these -> 'status' ?| statuses, false))
    and (not only_these ? 'customer' or coalesce(only_these -> 'customer' ? customer, false))
);
