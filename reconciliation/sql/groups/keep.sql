-- Stored in the order of their groups, so that a slice of a run over everything reads few pages.
insert into member (record, type, group_key, attached, system, content)
select
    label.record,
    label.type,
    label.group_key,
    label.attached,
    label.system,
    label.content
from label
where
    not exists (
        select from member as known
        where
            known.record = label.record
            and known.group_key = label.group_key
            and known.content = label.content
    )
order by label.group_key, label.record
on conflict (record) do update
    set group_key = excluded.group_key, system = excluded.system, content = excluded.content
