-- What the findings outside groups must be examined for because only time has passed, and the flows, always.
insert into scope_shard (space, shard)
select
    finding.space,
    finding.shard
from finding
where
    finding.space <> 'group'
    and ((finding.state = 'unripe' and finding.ripe_at <= %(as_of)s) or finding.expires_at <= %(as_of)s)
union
select
    'rest',
    flow.key
from flow
