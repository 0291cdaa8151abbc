-- Where slices of so many groups begin, in the order of their keys; the first begins at the least key of all.
select group_key
from (
    select
        group_key,
        row_number() over (order by group_key) - 1 as place
    from (
        select distinct group_key
        from member
    ) as one
) as placed
where mod(place, %(size)s) = 0
order by group_key
