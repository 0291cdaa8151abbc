-- Stores the versions that are new and keeps them in `fresh`; a line that came before is no new version.
with stored as (
    insert into version (version, record, arrived_at, raw)
    select distinct on (incoming.version)
        incoming.version,
        incoming.record,
        incoming.arrived_at,
        incoming.raw
    from incoming_version as incoming
    order by incoming.version, incoming.ordinal
    on conflict (version) do nothing
    returning version
)

insert into fresh
select distinct on (incoming.version)
    incoming.version,
    incoming.record,
    incoming.type,
    incoming.system,
    incoming.id,
    incoming.realm,
    incoming.at,
    incoming.content,
    incoming.hash,
    incoming.arrived_at,
    incoming.ordinal,
    incoming.flow,
    incoming.first
from incoming_version as incoming
inner join stored on incoming.version = stored.version
order by incoming.version, incoming.ordinal
