-- What every record of the order group of one record says as of a moment: its status raw and canonical, its money, its
-- customer and its dates. A record that no run has grouped yet stands alone.
with home as (
    select coalesce(
        (
            select member.group_key from member
            where member.record = %(record)s
        ), %(record)s
    ) as group_key
),

fellow as (
    select
        member.record,
        home.group_key
    from home
    inner join member on home.group_key = member.group_key
    union
    select
        %(record)s,
        home.group_key
    from home
)

select
    fellow.group_key,
    ledger.record,
    ledger.version,
    ledger.type,
    ledger.system,
    ledger.id,
    ledger.at,
    ledger.content,
    touched.record is not null as has_news,
    coalesce(bought.number, returned.number, credited.number) as number,
    coalesce(bought.status, sent.status, returned.status, credited.status) as raw_status,
    canonical_status(
        ledger.type, word.canonical, coalesce(bought.status, sent.status, returned.status, credited.status)
    ) as status,
    coalesce(bought.currency, returned.currency, credited.currency) as currency,
    coalesce(bought.total, returned.refund_amount, credited.amount) as gross,
    coalesce(bought.tax, credited.tax) as tax,
    coalesce(bought.shipping, credited.shipping) as shipping,
    bought.discount,
    returned.fees,
    coalesce(bought.customer_id, returned.customer_id, credited.customer_id) as customer_id,
    coalesce(bought.customer_name, returned.customer_name, credited.customer_name) as customer_name,
    coalesce(
        customer_alias.canonical_key, bought.customer_key, returned.customer_key, credited.customer_key
    ) as customer_key,
    bought.payment_method as raw_method,
    canonical_status('payment.method', method.canonical, bought.payment_method) as payment_method,
    bought.payment_status as raw_payment,
    canonical_status('payment.status', paid.canonical, bought.payment_status) as payment_status,
    bought.hold,
    bought.placed_at,
    sent.shipped_at,
    returned.requested_at,
    returned.received_at,
    returned.inspected_at,
    returned.resolution,
    returned.rejection_reason,
    credited.issued_at,
    credited.kind,
    credited.reason,
    credited.settled
from fellow
inner join ledger on fellow.record = ledger.record
left join touched on fellow.record = touched.record
left join order_content as bought on ledger.content = bought.content
left join fulfilment_content as sent on ledger.content = sent.content
left join return_content as returned on ledger.content = returned.content
left join credit_content as credited on ledger.content = credited.content
left join status_mapping as word
    on
        ledger.system = word.system
        and ledger.type = word.of
        and word.raw_key = lower(
            coalesce(bought.status, sent.status, returned.status, credited.status) collate "default"
        )
left join status_mapping as method
    on
        ledger.system = method.system
        and method.of = 'payment.method'
        and method.raw_key = lower(bought.payment_method collate "default")
left join status_mapping as paid
    on
        ledger.system = paid.system
        and paid.of = 'payment.status'
        and paid.raw_key = lower(bought.payment_status collate "default")
left join customer_alias
    on
        ledger.system = customer_alias.system
        and customer_alias.raw_key = coalesce(bought.customer_key, returned.customer_key, credited.customer_key)
where
    ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
order by ledger.type, ledger.system, ledger.id
