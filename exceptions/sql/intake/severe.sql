-- A large amount at risk makes a case more severe, never less.
with rank as (
    select
        severity.severity,
        severity.rank
    from unnest(array['low', 'medium', 'high', 'critical']) with ordinality as severity (severity, rank)
),

graver as (
    select
        known.id,
        max(rank.rank) as rank
    from told
    inner join exception_case as known on told.kind = known.kind and told.subject = known.subject
    inner join severity_threshold as threshold
        on
            told.currency = threshold.currency
            and (threshold.kind is null or told.kind = threshold.kind)
            and told.amount >= threshold.amount_from
    inner join rank on threshold.severity = rank.severity
    where told.raised and known.closed_at is null
    group by known.id
)

update exception_case as known
set severity = rank.severity
from graver
inner join rank on graver.rank = rank.rank
inner join exception_case as before on graver.id = before.id
inner join rank as had on before.severity = had.severity
where known.id = graver.id and graver.rank > had.rank
