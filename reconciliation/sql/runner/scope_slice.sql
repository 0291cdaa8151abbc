-- One slice of all groups.
insert into scope_group
select distinct member.group_key
from member
where
    (%(first)s::uuid is null or member.group_key >= %(first)s)
    and (%(until)s::uuid is null or member.group_key < %(until)s);
analyze scope_group
