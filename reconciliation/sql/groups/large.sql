-- The groups of more records than there should be, and the reference that most of their records share.
with large as (
    select
        group_key,
        count(*) as records
    from member
    where not attached
    group by group_key
    having count(*) > %(more_than)s
    order by count(*) desc, group_key asc
    limit 20
)

select
    large.group_key,
    large.records,
    glue.scheme,
    glue.value,
    coalesce(glue.carried, 0) as carried
from large
left join lateral (
    select
        reference.scheme,
        min(reference.value) as value,
        count(*) as carried
    from member
    inner join ledger on member.record = ledger.record and ledger.until is null
    inner join reference on ledger.content = reference.content
    where
        member.group_key = large.group_key
        and reference.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
        and not exists (
            select from ignored_reference
            where ignored_reference.value = reference.norm
        )
    group by reference.scheme, reference.norm
    order by count(*) desc, reference.scheme asc, reference.norm asc
    limit 1
) as glue on true
order by large.records desc, large.group_key asc
