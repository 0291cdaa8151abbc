-- What came of each record type from each system as of a moment, and by when more is expected: as agreed; else, where
-- it came regularly, within the longest gap of the four weeks before the newest; else, where a flow names it, within
-- four days.
with named as (
    select
        source as system,
        case record when 'stock' then 'stock_level' when 'credit' then 'return' else record end as type
    from flow
    union
    select
        target as system,
        case record when 'stock' then 'stock_level' else record end as type
    from flow
),

quarter as (
    select
        type,
        system,
        since,
        since - lag(since) over (partition by type, system order by since) as gap,
        max(since) over (partition by type, system) as newest
    from arrival
    where since <= %(as_of)s
),

heard as (
    select
        type,
        system,
        newest as heard_at,
        greatest(max(gap) filter (where since > newest - interval '28 days'), interval '1 hour') as longest,
        newest - min(since) >= interval '14 days'
        and count(distinct since::date) filter (where since > newest - interval '28 days') >= 8 as is_regular
    from quarter
    group by type, system, newest
),

spoken_of as (
    select
        type,
        system
    from heard
    union
    select
        type,
        system
    from named
    union
    select
        type,
        system_id as system
    from expectation
),

told as (
    select
        spoken_of.type,
        spoken_of.system,
        heard.heard_at,
        agreed.hours_of_id as hours_of,
        coalesce(heard.heard_at, agreed.made_at) as begins,
        case
            when agreed.id is not null then 'agreed'
            when heard.is_regular then 'learned'
            when named.type is not null and heard.heard_at is not null then 'usual'
        end as basis,
        coalesce(agreed.every, case when heard.is_regular then heard.longest else interval '4 days' end) as every,
        team.key as team
    from spoken_of
    left join heard on spoken_of.type = heard.type and spoken_of.system = heard.system
    left join named on spoken_of.type = named.type and spoken_of.system = named.system
    left join expectation as agreed on spoken_of.type = agreed.type and spoken_of.system = agreed.system_id
    left join system_owner as owner on spoken_of.system = owner.system_id
    left join team on coalesce(owner.team_id, 'ops') = team.key and team.calendar_id is not null
)

select
    told.type,
    told.system,
    coalesce(nullif(system.name, ''), system.key) as name,
    told.heard_at,
    told.basis,
    told.every,
    told.hours_of,
    due.expected_by,
    -- what nobody agreed on is late only after twice the time; where it rests at night, not before a working day of it
    case
        when told.basis = 'agreed' then due.expected_by
        when told.every < interval '12 hours' then told.begins + 2 * told.every
        else greatest(told.begins + 2 * told.every, add_working_time(due.expected_by, interval '8 hours', told.team))
    end as late_from
from told
inner join system on told.system = system.key
left join lateral (
    select
        case
            when told.hours_of is null then told.begins + told.every
            else add_working_time(told.begins, told.every, told.hours_of)
        end as expected_by
    where told.basis is not null
) as due on true
order by told.system, told.type
