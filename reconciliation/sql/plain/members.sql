-- What is said in the groups of the slice that hold nothing but orders, what the integration says of them, and one
-- fulfilment.
insert into plain_member
with fellow as materialized (
    select
        member.group_key,
        member.record,
        member.type,
        member.system,
        member.content
    from member
    where
        (%(first)s::uuid is null or member.group_key >= %(first)s)
        and (%(until)s::uuid is null or member.group_key < %(until)s)
),

likely as (
    select fellow.group_key
    from fellow
    group by fellow.group_key
    having
        bool_and(fellow.type in ('order', 'fulfilment', 'outcome') and fellow.content is not null)
        and count(*) filter (where fellow.type = 'fulfilment') = 1
)

select fellow.*
from likely
inner join fellow on likely.group_key = fellow.group_key;
analyze plain_member
