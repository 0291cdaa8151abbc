insert into scope_member
select
    member.record,
    member.type,
    member.group_key,
    member.attached
from scope_group
inner join member on scope_group.group_key = member.group_key
