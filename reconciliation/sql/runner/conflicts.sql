-- Of a group that one typing error glued together nothing else is said (checks.md, `reference_conflict`).
update candidate as lesser
set state = 'yielded', yields_to = greater.kind, yields_to_subject = greater.subject
from candidate as greater
where
    greater.kind = 'reference_conflict'
    and greater.state = 'raised'
    and lesser.kind <> 'reference_conflict'
    and lesser.group_key = greater.group_key
    and lesser.space = 'group'
    and split_part(lesser.subject, ':', 1) in ('order', 'fulfilment', 'return', 'credit')
