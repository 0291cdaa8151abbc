-- The groups of returns that were rejected for one of these reasons.
insert into dirty_group
select member.group_key
from (
    select distinct
        mapped.system,
        content.record
    from unnest(%(systems)s::text[], %(raws)s::text[]) as mapped (system, raw)
    inner join return_content as content on lower(content.rejection_reason) = lower(mapped.raw)
) as used
inner join member on used.record = member.record
where
    exists (
        select from ledger
        where ledger.record = used.record and ledger.system = used.system
    )
