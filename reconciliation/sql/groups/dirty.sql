-- The groups that the affected records were in before, and are in now.
insert into dirty_group
select member.group_key
from affected
inner join member on affected.record = member.record
union
select label.group_key
from label
