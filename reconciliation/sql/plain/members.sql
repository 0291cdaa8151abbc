-- What is said in the groups of the slice that hold nothing but orders, what the integration says of them, and one
-- fulfilment.
insert into plain_member
with fellow as materialized (
    select
        member.group_key,
        member.record,
        member.type
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
        bool_and(fellow.type in ('order', 'fulfilment', 'outcome'))
        and count(*) filter (where fellow.type = 'fulfilment') = 1
)

select
    fellow.group_key,
    ledger.record,
    ledger.type,
    ledger.system,
    ledger.id,
    ledger.content
from likely
inner join fellow on likely.group_key = fellow.group_key
inner join ledger on fellow.record = ledger.record
where
    ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
    and ledger.content is not null;
analyze plain_member
