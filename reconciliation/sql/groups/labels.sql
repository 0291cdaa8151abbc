-- Every affected record that exists as of the moment and is no movement or outcome, at first in the group of the least
-- record it is tied to, or in one of its own.
insert into label
select
    said.record,
    said.type,
    coalesce(least_of_record.other, said.record),
    false,
    said.system,
    said.content
from said
left join (
    select distinct on (record)
        record,
        other
    from tie
    order by record, other
) as least_of_record on said.record = least_of_record.record
where said.type in ('order', 'fulfilment', 'return', 'credit');
analyze label
