-- A large amount at risk makes a case more severe, also one that is about to be opened; never less.
with rank as (
    select
        severity.severity,
        severity.rank
    from unnest(array['low', 'medium', 'high', 'critical']) with ordinality as severity (severity, rank)
),

graver as (
    select
        told.kind,
        told.subject,
        max(rank.rank) as rank
    from told
    inner join severity_threshold as threshold
        on
            told.currency = threshold.currency
            and (threshold.kind is null or told.kind = threshold.kind)
            and told.amount >= threshold.amount_from
    inner join rank on threshold.severity = rank.severity
    where told.raised
    group by told.kind, told.subject
),

known as (
    update exception_case as known
    set severity = rank.severity
    from graver
    inner join rank on graver.rank = rank.rank
    inner join exception_case as before on graver.kind = before.kind and graver.subject = before.subject
    inner join rank as had on before.severity = had.severity
    where known.id = before.id and before.closed_at is null and graver.rank > had.rank
)

update to_place
set severity = rank.severity
from graver
inner join rank on graver.rank = rank.rank
cross join rank as had
where
    to_place.kind = graver.kind
    and to_place.subject = graver.subject
    and to_place.severity = had.severity
    and graver.rank > had.rank
