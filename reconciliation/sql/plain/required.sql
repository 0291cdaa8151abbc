-- Those in which a reference is missing that a system requires, or a purchase order differs.
insert into doubtful_group
select obliged.group_key
from (
    -- in the order in which references are looked up
    select
        plain_group.group_key,
        plain_member.content,
        needed.scheme
    from plain_group
    inner join plain_member on plain_group.group_key = plain_member.group_key
    inner join required_reference as needed
        on
            plain_member.system = needed.system
            and plain_member.type = needed.type
    order by plain_member.content
) as obliged
left join lateral (
    -- there is one at most; the limit has it looked up rather than every reference read
    select reference.norm
    from reference
    where
        obliged.content = reference.content
        and obliged.scheme = reference.scheme
        and reference.norm not in (select ignored_reference.value from ignored_reference)
    limit 1
) as stated on true
group by obliged.group_key, obliged.scheme
having
    count(stated.norm) < count(*)
    or (obliged.scheme = 'purchase_order' and min(stated.norm) < max(stated.norm))
