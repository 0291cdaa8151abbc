-- Rebuilds the chain of every known record that has a new version: who reigns until when, and since when it says the
-- same. Of two versions with one `at` the greater hash reigns; the other's window is empty and it interrupts nothing.
with reigns as (
    select
        version,
        record,
        at,
        hash,
        content,
        lead(at) over (partition by record order by at, hash) as until
    from ledger
    where
        record in (
            select fresh.record from fresh
            where not fresh.first
        )
),

steps as (
    select
        *,
        lag(content) over (partition by record order by at) as before
    from reigns
    where until is null or until > at
),

runs as (
    select
        *,
        max(at) filter (where content is distinct from before) over (partition by record order by at) as changed_at
    from steps
),

chain as (
    select
        reigns.version,
        reigns.until,
        coalesce(runs.changed_at, reigns.at) as changed_at
    from reigns
    left join runs on reigns.version = runs.version
)

update ledger
set until = chain.until, changed_at = chain.changed_at
from chain
where
    ledger.version = chain.version
    and (ledger.until, ledger.changed_at) is distinct from (chain.until, chain.changed_at)
