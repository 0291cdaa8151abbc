-- What the liability stood at when the period began and ended, and what moved it in between. Each return that is due
-- a credit: opening + accepted + credited before it came + credited + what is no longer owed = closing. Each signed
-- item of the opening balance: what is left of a return received before go-live (positive) or of a credit outstanding
-- since then (negative).
with counted as (
    select *
    from return_account
    where
        received_at < least(%(until)s, %(as_of)s)
        and currency = %(currency)s
        and resolution in ('refund', 'credit')
        and expected > 0
),

paid as (
    select
        credit.return_record as record,
        credit.issued_at as at,
        credit.amount,
        false as opening
    from credit_account as credit
    where
        credit.reason = 'return'
        and credit.return_record is not null
        and credit.currency = %(currency)s
        and credit.issued_at < least(%(until)s, %(as_of)s)
    union all
    select
        used.record,
        used.at,
        used.amount,
        true
    from opening_use() as used
    where used.currency = %(currency)s and used.at < least(%(until)s, %(as_of)s)
),

sums as (
    select
        record,
        coalesce(sum(amount) filter (where at < %(since)s), 0) as before,
        coalesce(sum(amount) filter (where at >= %(since)s), 0) as within,
        coalesce(sum(amount) filter (where at >= %(since)s and opening), 0) as met
    from paid
    group by record
),

stood as (
    select
        counted.*,
        coalesce(sums.before, 0) as before,
        coalesce(sums.within, 0) as within,
        coalesce(sums.met, 0) as met,
        case
            when counted.received_at < %(since)s and counted.expected - coalesce(sums.before, 0) > counted.tolerance
                then counted.expected - coalesce(sums.before, 0)
            else 0
        end as opening,
        case
            when counted.expected - coalesce(sums.before, 0) - coalesce(sums.within, 0) > counted.tolerance
                then counted.expected - coalesce(sums.before, 0) - coalesce(sums.within, 0)
            else 0
        end as closing
    from counted
    left join sums on counted.return_record = sums.record
),

used as (
    select
        item,
        sum(amount) filter (where at < %(since)s) as before,
        sum(amount) filter (where at >= %(since)s) as within
    from opening_use()
    where at < least(%(until)s, %(as_of)s)
    group by item
),

opened as (
    select
        item.*,
        item.at < %(since)s as carried,
        sign(item.amount) as sign,
        abs(item.amount) as size,
        coalesce(used.before, 0) as before,
        coalesce(used.within, 0) as within
    from opening_item as item
    left join used on item.id = used.item
    where
        item.signed_at is not null
        and item.currency = %(currency)s
        and item.at < least(%(until)s, %(as_of)s)
),

balanced as (
    select
        *,
        case when carried then sign * greatest(size - before, 0) else 0 end as opening,
        case when carried then 0 else amount end as entered,
        -sign * (within + case when carried then 0 else before end) as moved,
        sign * greatest(size - before - within, 0) as closing
    from opened
)

select
    stood.return_record as record,
    stood.system,
    stood.reference,
    stood.customer,
    stood.received_at as at,
    stood.opening,
    moved.accepted,
    moved.credited_before,
    stood.met - stood.within as credited,
    -stood.met as met,
    0 as entered,
    stood.closing - stood.opening - moved.accepted - moved.credited_before + stood.within as dropped,
    stood.closing,
    extract(day from least(%(until)s, %(as_of)s) - stood.received_at)::integer as age
from stood
cross join
    lateral (
        select
            case when stood.received_at >= %(since)s then stood.expected else 0 end as accepted,
            case when stood.received_at >= %(since)s then -stood.before else 0 end as credited_before
    ) as moved
where
    stood.closing <> 0
    or (cast(%(wanted)s as text) is null and (stood.opening <> 0 or moved.accepted <> 0 or stood.within <> 0))
union all
select
    md5('opening ' || id)::uuid as record,
    'opening balance' as system,
    reference,
    customer,
    at::timestamptz as at,
    opening,
    0 as accepted,
    0 as credited_before,
    case when sign > 0 then moved else 0 end as credited,
    case when sign < 0 then moved else 0 end as met,
    entered,
    closing - opening - entered - moved as dropped,
    closing,
    extract(day from least(%(until)s, %(as_of)s) - at::timestamptz)::integer as age
from balanced
where opening <> 0 or entered <> 0 or moved <> 0 or closing <> 0
