-- A look back: the groups as they were, which are stored nowhere.
insert into scope_group
select distinct label.group_key
from label;
insert into scope_member
select
    label.record,
    label.type,
    label.group_key,
    label.attached
from label
