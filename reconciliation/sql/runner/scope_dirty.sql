insert into scope_group
select distinct dirty_group.group_key
from dirty_group
where dirty_group.group_key is not null;
analyze scope_group
