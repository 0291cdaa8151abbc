-- Where portions of the slice begin of which so many groups have to be looked at.
select group_key
from (
    select
        scope_group.group_key,
        row_number() over (order by scope_group.group_key) - 1 as place
    from scope_group
    where
        not exists (
            select from plain_group
            where plain_group.group_key = scope_group.group_key
        )
) as looked_at
where mod(place, %(size)s) = 0
order by group_key
