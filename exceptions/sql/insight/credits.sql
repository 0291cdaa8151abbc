-- The month's credits in one currency: the refunds that portals state for returns received in the window, and what was
-- credited in it, net, by live documents of the credit authority (of every system, where none is trusted with credits).
with portal as (
    select key from system
    where 'return' = any(authority)
),

books as (
    select key from system
    where 'credit' = any(authority)
),

back as (
    select
        count(*) as returns,
        coalesce(sum(return_content.refund_amount), 0) as expected
    from return_content
    inner join ledger on return_content.content = ledger.content
    left join status_mapping as word
        on
            ledger.system = word.system
            and word.of = 'return'
            and word.raw_key = lower(return_content.status collate "default")
    where
        return_content.received_at >= %(since)s
        and return_content.received_at < %(until)s
        and return_content.currency = %(currency)s
        and ledger.at <= %(until)s
        and (ledger.until is null or ledger.until > %(until)s)
        and canonical_status('return', word.canonical, return_content.status) not in ('rejected', 'cancelled')
        and (ledger.system in (select key from portal) or not exists (select from portal))
),

given as (
    select
        count(*) as credits,
        coalesce(
            sum(credit_content.amount - coalesce(credit_content.tax, 0) - coalesce(credit_content.shipping, 0)), 0
        ) as issued
    from credit_content
    inner join ledger on credit_content.content = ledger.content
    left join status_mapping as word
        on
            ledger.system = word.system
            and word.of = 'credit'
            and word.raw_key = lower(credit_content.status collate "default")
    where
        credit_content.issued_at >= %(since)s
        and credit_content.issued_at < %(until)s
        and credit_content.currency = %(currency)s
        and ledger.at <= %(until)s
        and (ledger.until is null or ledger.until > %(until)s)
        and canonical_status('credit', word.canonical, credit_content.status) in ('issued', 'applied')
        and (ledger.system in (select key from books) or not exists (select from books))
)

select
    back.returns,
    back.expected,
    given.credits,
    given.issued
from back
cross join given
