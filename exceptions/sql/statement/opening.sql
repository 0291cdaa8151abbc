-- What each signed item of the opening balance stood at when the period began and ended: what is left of a return
-- received before go-live (positive) or of a credit outstanding since then (negative).
with used as (
    select
        item,
        sum(amount) filter (where at < %(since)s) as before,
        sum(amount) filter (where at >= %(since)s) as within
    from opening_use()
    where at < least(%(until)s, %(as_of)s)
    group by item
),

stood as (
    select
        opened.*,
        opened.at < %(since)s as carried,
        sign(opened.amount) as sign,
        abs(opened.amount) as size,
        coalesce(used.before, 0) as before,
        coalesce(used.within, 0) as within
    from opening_item as opened
    left join used on opened.id = used.item
    where
        opened.signed_at is not null
        and opened.currency = %(currency)s
        and opened.at < least(%(until)s, %(as_of)s)
),

balanced as (
    select
        *,
        case when carried then sign * greatest(size - before, 0) else 0 end as opening,
        case when carried then 0 else amount end as entered,
        -sign * (within + case when carried then 0 else before end) as moved,
        sign * greatest(size - before - within, 0) as closing
    from stood
)

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
