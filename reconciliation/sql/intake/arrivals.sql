-- Notes in which quarters of an hour a system sent news of a type; what is noted already is not written again.
insert into arrival (type, system, since)
select distinct
    fresh.type,
    fresh.system,
    quarter.since
from fresh
cross join lateral (select date_bin('15 minutes', fresh.arrived_at, timestamptz 'epoch') as since) as quarter
left join arrival as known
    on fresh.type = known.type and fresh.system = known.system and quarter.since = known.since
where known.since is null
order by fresh.type, fresh.system, quarter.since
on conflict do nothing
