-- The orders, returns and credits of a customer that stand as of a moment, in every system: those under the order
-- authority's id, and those under ids that stand for it.
with raw as (
    select %(customer)s as raw_key
    union
    select customer_alias.raw_key
    from customer_alias
    where customer_alias.canonical_key = %(customer)s
),

said as (
    select
        content.content,
        content.status,
        content.customer_id,
        content.customer_key,
        content.customer_name,
        content.customer_email,
        content.currency,
        content.total as gross,
        content.total - coalesce(content.tax, 0) - coalesce(content.shipping, 0) as net,
        content.placed_at as dated_at
    from order_content as content
    inner join raw on content.customer_key = raw.raw_key
    union all
    select
        content.content,
        content.status,
        content.customer_id,
        content.customer_key,
        content.customer_name,
        content.customer_email,
        content.currency,
        content.refund_amount,
        content.refund_amount,
        content.requested_at
    from return_content as content
    inner join raw on content.customer_key = raw.raw_key
    union all
    select
        content.content,
        content.status,
        content.customer_id,
        content.customer_key,
        content.customer_name,
        content.customer_email,
        content.currency,
        content.amount,
        content.amount - coalesce(content.tax, 0) - coalesce(content.shipping, 0),
        content.issued_at
    from credit_content as content
    inner join raw on content.customer_key = raw.raw_key
)

select
    ledger.record,
    ledger.type,
    ledger.system,
    ledger.id,
    coalesce(member.group_key, ledger.record) as group_key,
    ledger.type = any(system.authority) as trusted,
    said.status as raw_status,
    canonical_status(ledger.type, word.canonical, said.status) as status,
    said.customer_id,
    said.customer_name,
    said.customer_email,
    said.currency,
    said.gross,
    said.net,
    coalesce(said.dated_at, ledger.at) as dated_at
from said
inner join ledger on said.content = ledger.content
inner join system on ledger.system = system.key
left join member on ledger.record = member.record
left join status_mapping as word
    on
        ledger.system = word.system
        and ledger.type = word.of
        and word.raw_key = lower(said.status collate "default")
left join customer_alias
    on ledger.system = customer_alias.system and said.customer_key = customer_alias.raw_key
where
    coalesce(customer_alias.canonical_key, said.customer_key) = %(customer)s
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
order by coalesce(said.dated_at, ledger.at) desc, ledger.id asc
limit %(rows)s
