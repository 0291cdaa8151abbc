-- One step of spreading the least key: of two records that are tied both take the lesser of their groups.
with differing as (
    select
        tie.record,
        tie.other,
        mine.group_key as mine,
        theirs.group_key as theirs
    from tie
    inner join label as mine on tie.record = mine.record
    inner join label as theirs on tie.other = theirs.record
    where mine.group_key <> theirs.group_key
),

least_of_record as (
    select distinct on (told.record)
        told.record,
        told.group_key
    from differing
    cross join
        lateral (
            values (differing.record, differing.theirs), (differing.other, differing.mine)
        ) as told (record, group_key)
    order by told.record, told.group_key
)

update label
set group_key = least_of_record.group_key
from least_of_record
where label.record = least_of_record.record and least_of_record.group_key < label.group_key
