-- What was found of the keys in scope outside groups before and is not found now; a run over everything also forgets
-- what was found of groups that are no more.
with gone as (
    delete from finding
    where
        finding.kind = any(%(kinds)s)
        and finding.space = any(%(spaces)s)
        and finding.last_run <> %(run)s
        and (
            %(everything)s
            or (finding.space, finding.shard) in (
                select
                    scope_shard.space,
                    scope_shard.shard
                from scope_shard
            )
        )
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
