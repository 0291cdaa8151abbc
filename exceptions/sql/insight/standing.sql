-- What is open now, by kind, currency and age: in the steps 0–1, 2–3, 4–7, 8–14, 15–30 and more than 30 days since it
-- was first seen.
select
    kind,
    width_bucket(
        extract(epoch from %(until)s - first_seen) / 86400.0, array[2, 4, 8, 15, 31]::double precision[]
    ) as step,
    currency,
    count(*) as cases,
    coalesce(sum(amount), 0) as amount
from exception_case
where
    closed_at is null
    and (%(kind)s::text is null or kind = %(kind)s)
    and (%(team)s::text is null or team = %(team)s)
    and (%(customer)s::text is null or customer = %(customer)s)
    and (%(flow)s::text is null or flow = %(flow)s)
group by kind, step, currency
