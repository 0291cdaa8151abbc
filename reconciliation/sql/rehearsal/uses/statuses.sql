-- The groups of records that any version gives one of these words as its status, payment method or payment status.
insert into dirty_group
with mapped as (
    select
        said.of,
        said.system,
        lower(said.raw) as raw
    from unnest(%(of)s::text[], %(systems)s::text[], %(raws)s::text[]) as said (of, system, raw)
),

used as (
    select
        mapped.system,
        content.record
    from mapped
    inner join order_content as content
        on
            (mapped.of = 'order' and lower(content.status) = mapped.raw)
            or (mapped.of = 'payment.method' and lower(content.payment_method) = mapped.raw)
            or (mapped.of = 'payment.status' and lower(content.payment_status) = mapped.raw)
    union
    select
        mapped.system,
        content.record
    from mapped
    inner join fulfilment_content as content on mapped.of = 'fulfilment' and lower(content.status) = mapped.raw
    union
    select
        mapped.system,
        content.record
    from mapped
    inner join return_content as content on mapped.of = 'return' and lower(content.status) = mapped.raw
    union
    select
        mapped.system,
        content.record
    from mapped
    inner join credit_content as content on mapped.of = 'credit' and lower(content.status) = mapped.raw
)

select member.group_key
from used
inner join member on used.record = member.record
where
    exists (
        select from ledger
        where ledger.record = used.record and ledger.system = used.system
    )
