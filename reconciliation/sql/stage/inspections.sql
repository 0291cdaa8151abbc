-- When each portal's return was inspected: the earliest that it or a copy states; and whether a system that holds it
-- states inspections, or dispositions, of other returns.
insert into return_inspection
select
    current_return.record,
    min(copy.inspected_at),
    bool_or(
        practice.practice = 'inspections'
        and cardinality(array_remove(practice.records, copy.record)) > 0
    ),
    bool_or(
        practice.practice = 'dispositions'
        and cardinality(array_remove(practice.records, copy.record)) > 0
    )
from current_return
inner join current_return as copy
    on
        current_return.group_key = copy.group_key
        and (current_return.record = copy.record or current_return.rma = copy.rma)
inner join practice on copy.system = practice.system
where current_return.portal and current_return.speaks
group by current_return.record;
analyze return_inspection;
