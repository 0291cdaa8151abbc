-- Notes when a system first sent a type; only an earlier moment is news, and news counts as a new configuration.
with earliest as (
    select
        type,
        system,
        min(at) as at
    from fresh
    group by type, system
),

news as (
    insert into first_sent (type, system, at)
    select
        earliest.type,
        earliest.system,
        earliest.at
    from earliest
    left join first_sent as known on earliest.type = known.type and earliest.system = known.system
    where known.at is null or earliest.at < known.at
    order by earliest.type, earliest.system
    on conflict (type, system) do update set at = least(first_sent.at, excluded.at)
    returning type
)

insert into configuration (id, version)
select
    1,
    1
from news
limit 1
on conflict (id) do update set version = configuration.version + 1
