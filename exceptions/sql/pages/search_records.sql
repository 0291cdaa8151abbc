-- The records that carry an identifier between two folded ones, as a reference, an id or a number; at most 200 of each,
-- each read along the index on its folded form. With the group each belongs to.
with carried as (
    (
        select
            reference.record,
            reference.scheme,
            reference.value
        from reference
        where
            folded(reference.norm) collate "C" >= %(low_reference)s
            and folded(reference.norm) collate "C" < %(high_reference)s
            and not exists (
                select from ignored_reference
                where ignored_reference.value = reference.norm
            )
        order by folded(reference.norm) collate "C"
        limit 200
    )
    union all
    (
        select
            ledger.record,
            'id',
            ledger.id
        from ledger
        where folded(ledger.id) collate "C" >= %(low)s and folded(ledger.id) collate "C" < %(high)s
        order by folded(ledger.id) collate "C"
        limit 200
    )
    union all
    (
        select
            content.record,
            'number',
            content.number
        from order_content as content
        where folded(content.number) collate "C" >= %(low)s and folded(content.number) collate "C" < %(high)s
        order by folded(content.number) collate "C"
        limit 200
    )
    union all
    (
        select
            content.record,
            'number',
            content.number
        from return_content as content
        where folded(content.number) collate "C" >= %(low)s and folded(content.number) collate "C" < %(high)s
        order by folded(content.number) collate "C"
        limit 200
    )
    union all
    (
        select
            content.record,
            'number',
            content.number
        from credit_content as content
        where folded(content.number) collate "C" >= %(low)s and folded(content.number) collate "C" < %(high)s
        order by folded(content.number) collate "C"
        limit 200
    )
)

select distinct on (carried.record, carried.scheme)
    carried.record,
    carried.scheme,
    carried.value,
    ledger.type,
    ledger.system,
    ledger.id,
    coalesce(member.group_key, carried.record) as group_key
from carried
inner join ledger on carried.record = ledger.record
left join member on carried.record = member.record
order by carried.record asc, carried.scheme asc, ledger.at desc
