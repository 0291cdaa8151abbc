-- What is said in the groups of the slice that hold one order, the integration's word on it and one fulfilment: a copy
-- of the order in the authority, no two in any system. `systems`: those that hold one.
insert into plain_member
with fellow as materialized (
    select
        member.group_key,
        member.record,
        member.type,
        member.system,
        member.content,
        case when member.type = 'order' then numbered_system.bit end as bit,
        member.type = 'order' and numbered_system.authority as authority
    from member
    left join numbered_system on member.system = numbered_system.system
    where
        (%(first)s::uuid is null or member.group_key >= %(first)s)
        and (%(until)s::uuid is null or member.group_key < %(until)s)
),

likely as (
    select
        fellow.group_key,
        bit_or(fellow.bit) as systems
    from fellow
    group by fellow.group_key
    having
        bool_and(fellow.type in ('order', 'fulfilment', 'outcome') and fellow.content is not null)
        and count(*) filter (where fellow.type = 'fulfilment') = 1
        and count(*) filter (where fellow.type = 'order') = bit_count(bit_or(fellow.bit)::bit(64))
        and count(*) filter (where fellow.authority) = 1
)

select
    fellow.group_key,
    fellow.record,
    fellow.type,
    fellow.system,
    fellow.content,
    likely.systems,
    fellow.authority
from likely
inner join fellow on likely.group_key = fellow.group_key;
analyze plain_member
