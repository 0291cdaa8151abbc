-- The numbers people know it by: the record's own references, else those of the order that speaks for its group.
with carried as (
    select distinct on (candidate.subject, candidate.leg, candidate.kind, reference.scheme)
        candidate.kind,
        candidate.subject,
        candidate.leg,
        reference.scheme,
        reference.value
    from candidate
    left join group_order on candidate.group_key = group_order.group_key
    inner join current_reference as reference
        on reference.record in (candidate.record, candidate.other, group_order.record)
    order by
        candidate.subject asc, candidate.leg asc, candidate.kind asc, reference.scheme asc,
        reference.record = candidate.record desc, reference.record = group_order.record desc, reference.value
)

update candidate
set refs = named.refs
from (
    select
        kind,
        subject,
        leg,
        jsonb_object_agg(scheme, value) as refs
    from carried
    group by kind, subject, leg
) as named
where candidate.kind = named.kind and candidate.subject = named.subject and candidate.leg = named.leg
