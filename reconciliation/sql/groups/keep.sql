insert into member (record, type, group_key, attached)
select
    label.record,
    label.type,
    label.group_key,
    label.attached
from label
where
    not exists (
        select from member as known
        where known.record = label.record and known.group_key = label.group_key
    )
order by label.record
on conflict (
    record) do update set group_key = excluded.group_key
where member.group_key <> excluded.group_key
