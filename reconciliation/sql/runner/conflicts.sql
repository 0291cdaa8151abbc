-- Of a group that one typing error glued together nothing else is said (checks.md, `reference_conflict`); of several
-- such errors the first by subject is named.
update candidate as lesser
set state = 'yielded', yields_to = 'reference_conflict', yields_to_subject = greater.subject
from (
    select
        group_key,
        min(subject) as subject
    from candidate
    where kind = 'reference_conflict' and state = 'raised'
    group by group_key
) as greater
where
    lesser.kind <> 'reference_conflict'
    and lesser.group_key = greater.group_key
    and lesser.space = 'group'
    and split_part(lesser.subject, ':', 1) in ('order', 'fulfilment', 'return', 'credit')
