-- One slice of all groups; keys are hashes, so any two of their bytes spread them evenly.
insert into scope_group
select distinct member.group_key
from member
where
    mod(get_byte(uuid_send(member.group_key), 0) * 256 + get_byte(uuid_send(member.group_key), 1), %(slices)s)
    = %(number)s;
analyze scope_group
