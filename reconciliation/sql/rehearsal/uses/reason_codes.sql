-- The groups of returns that give one of these reasons; of a system that has no other reasons mapped, of all returns
-- with a reason: its table begins, or ends, with these.
insert into dirty_group
select member.group_key
from (
    select distinct
        mapped.system,
        line.record
    from unnest(%(systems)s::text[], %(raws)s::text[]) as mapped (system, raw)
    inner join return_line as line
        on
            line.reason_code is not null
            and (
                line.reason_code = mapped.raw
                or not exists (
                    select from reason_code
                    where reason_code.system = mapped.system and reason_code.raw_key <> all(%(raws)s::text[])
                )
            )
) as used
inner join member on used.record = member.record
where
    exists (
        select from ledger
        where ledger.record = used.record and ledger.system = used.system
    )
