insert into ledger (version, record, type, system, id, realm, at, until, changed_at, content, hash, arrived_at, flow)
select
    version,
    record,
    type,
    system,
    id,
    realm,
    at,
    null as until,
    at as changed_at,
    content,
    hash,
    arrived_at,
    flow
from fresh
