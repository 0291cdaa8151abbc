-- What was found of the groups in scope before and is not found now.
with gone as (
    delete from finding
    using scope_group
    where
        finding.space = 'group'
        and finding.shard = scope_group.group_key::text
        and finding.kind = any(%(kinds)s)
        and finding.last_run <> %(run)s
    returning finding.kind, finding.subject
)

insert into changed_subject (kind, subject, run)
select distinct
    kind,
    subject,
    %(run)s
from gone
order by kind, subject
on conflict (kind, subject) do update set run = excluded.run
