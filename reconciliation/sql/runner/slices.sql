-- Where slices begin, in the order of the groups' keys; the first begins at the least key of all. They are as large as
-- may be, but enough for all at work, and those that are shared are not more than shares.
select group_key
from (
    select
        group_key,
        row_number() over (order by group_key) - 1 as place,
        count(*) over () as groups
    from (
        select distinct group_key
        from member
    ) as one
) as placed
where
    mod(
        place,
        ceil(
            least(%(most)s, groups::numeric / %(workers)s, greatest(%(shared)s, groups::numeric / %(shares)s))
        )::bigint
    ) = 0
order by group_key
