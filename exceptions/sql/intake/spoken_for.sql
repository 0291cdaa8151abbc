-- What is news of a merged case is news of the one it was merged into, and so on.
with recursive spoken as (
    select child.merged_into_id as id
    from changed_subject
    inner join exception_case as child
        on changed_subject.kind = child.kind and changed_subject.subject = child.subject
    where child.state = 'merged' and child.merged_into_id is not null and child.frozen_in is null
    union
    select child.merged_into_id
    from spoken
    inner join exception_case as child on spoken.id = child.id
    where child.state = 'merged'
)

insert into changed_subject (kind, subject, run)
select
    target.kind,
    target.subject,
    %(run)s::bigint
from spoken
inner join exception_case as target on spoken.id = target.id
where target.frozen_in is null
on conflict (kind, subject) do nothing
