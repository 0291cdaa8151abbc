-- Team and owner of the cases in to_place: the last rule that fits, else the kind's team. Who is away is covered. What
-- a person has placed stays where it is.
insert into placed
select
    to_place.id,
    coalesce(to_place.team, rule.team_id, declared.team),
    case when to_place.team is null then coalesce(cover.cover_id, rule.person_id) else to_place.owner_id end
from to_place
inner join declared on to_place.kind = declared.kind
left join lateral (
    select
        ownership_rule.team_id,
        ownership_rule.person_id
    from ownership_rule
    where
        (ownership_rule.kind is null or ownership_rule.kind = to_place.kind)
        and (ownership_rule.ledger is null or ownership_rule.ledger = declared.ledger)
        and (ownership_rule.flow is null or ownership_rule.flow = to_place.flow)
        and (ownership_rule.system is null or ownership_rule.system = any(to_place.systems))
        and (ownership_rule.severity is null or ownership_rule.severity = to_place.severity)
        and (ownership_rule.currency is null or ownership_rule.currency = to_place.currency)
        and (ownership_rule.amount_from is null or ownership_rule.amount_from <= to_place.amount)
        and (ownership_rule.customer is null or upper(ownership_rule.customer) = upper(to_place.customer))
        and (
            ownership_rule.sku is null
            or to_place.sku like translate(replace(replace(ownership_rule.sku, '\', '\\'), '_', '\_'), '*?', '%%_')
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
