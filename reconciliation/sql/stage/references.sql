-- The references of the records in scope, without the values that are no identifiers.
insert into current_reference
select
    current_record.group_key,
    current_record.record,
    reference.scheme,
    reference.norm,
    reference.value
from current_record
inner join reference on current_record.content = reference.content
where
    not exists (
        select from ignored_reference
        where ignored_reference.value = reference.norm
    );
analyze current_reference;
