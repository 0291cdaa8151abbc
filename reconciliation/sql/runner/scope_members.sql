-- The members of the groups in scope, but of those that are known to agree; in the order in which their ledgers are
-- looked up, so that neighbours in the index are asked for one after the other.
insert into scope_member
select
    member.record,
    member.type,
    member.group_key,
    member.attached
from scope_group
inner join member on scope_group.group_key = member.group_key
where
    not exists (
        select from plain_group
        where plain_group.group_key = scope_group.group_key
    )
order by member.record
