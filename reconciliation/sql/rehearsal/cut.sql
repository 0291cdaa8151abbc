-- Of too many groups some: first the one that the change begins with.
delete from scope_group
where scope_group.group_key in (
    select beyond.group_key
    from scope_group as beyond
    order by beyond.group_key is distinct from %(first)s, beyond.group_key
    offset %(most)s
)
