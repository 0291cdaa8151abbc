-- The stage may hold a part of a key that is not in scope; what that part says is not the truth of the key.
delete from candidate
where
    candidate.space <> 'group'
    and not exists (
        select from scope_shard
        where scope_shard.space = candidate.space and scope_shard.shard = candidate.shard
    )
