-- How many of the new versions were older than what was known of their record when they came.
with placed as (
    select
        *,
        row_number() over (partition by record order by at, hash) as place
    from fresh
),

preceded as (
    select
        *,
        max(place) over (
            partition by record
            order by ordinal rows between unbounded preceding and 1 preceding
        ) as highest
    from placed
)

select count(*)
from preceded
where
    preceded.highest > preceded.place
    or exists (
        select from ledger
        where ledger.record = preceded.record and (ledger.at, ledger.hash) > (preceded.at, preceded.hash)
    )
