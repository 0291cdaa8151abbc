-- Team and owner of the cases in to_place: the last rule that fits, else the kind's team. Who is away is covered. What
-- a person has placed stays where it is.
with placed as (
    select
        before.id,
        coalesce(rule.team_id, declared.team) as team,
        coalesce(cover.cover_id, rule.person_id) as owner_id
    from to_place
    inner join exception_case as before on to_place.id = before.id
    inner join declared on before.kind = declared.kind
    left join lateral (
        select
            ownership_rule.team_id,
            ownership_rule.person_id
        from ownership_rule
        where
            (ownership_rule.kind is null or ownership_rule.kind = before.kind)
            and (ownership_rule.ledger is null or ownership_rule.ledger = declared.ledger)
            and (ownership_rule.flow is null or ownership_rule.flow = before.flow)
            and (ownership_rule.system is null or ownership_rule.system = any(before.systems))
            and (ownership_rule.severity is null or ownership_rule.severity = before.severity)
            and (ownership_rule.currency is null or ownership_rule.currency = before.currency)
            and (ownership_rule.amount_from is null or ownership_rule.amount_from <= before.amount)
            and (ownership_rule.customer is null or upper(ownership_rule.customer) = upper(before.customer))
            and (
                ownership_rule.sku is null
                or before.sku like translate(replace(replace(ownership_rule.sku, '\', '\\'), '_', '\_'), '*?', '%%_')
            )
            and (ownership_rule.ends_at is null or ownership_rule.ends_at > %(at)s)
        order by ownership_rule.position desc, ownership_rule.id desc
        limit 1
    ) as rule on true
    left join lateral (
        select cover.cover_id
        from cover
        where cover.person_id = rule.person_id and cover.since <= %(at)s and cover.until > %(at)s
        order by cover.id desc
        limit 1
    ) as cover on true
    where not before.placed_by_person
)

update exception_case as known
set
    team = placed.team,
    owner_id = placed.owner_id
from placed
where known.id = placed.id and (known.team, known.owner_id) is distinct from (placed.team, placed.owner_id)
