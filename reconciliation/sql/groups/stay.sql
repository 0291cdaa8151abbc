-- What is settled keeps its group and says something new there, unless something that moves took hold of it.
delete from settled
using affected
where settled.record = affected.record;

insert into affected
select settled.record
from settled;
analyze affected;

insert into label (record, type, group_key, attached, system, content)
select
    settled.record,
    settled.type,
    settled.group_key,
    false,
    settled.system,
    settled.content
from settled;
analyze label
