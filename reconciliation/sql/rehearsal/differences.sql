-- What is raised otherwise than before, a line a subject: its legs merged as for cases (the greatest amount, of some
-- kinds the sum, none across currencies). Legs of keys that were not examined stand as they are stored.
with known as (
    select finding.*
    from finding
    where
        finding.kind = any(%(kinds)s)
        and (
            (finding.space = 'group' and finding.shard in (select scope_group.group_key::text from scope_group))
            or (finding.space, finding.shard) in (
                select
                    scope_shard.space,
                    scope_shard.shard
                from scope_shard
            )
        )
),

found as (
    select distinct on (kind, subject, leg) rehearsed.*
    from rehearsed
    order by
        kind asc, subject asc, leg asc, state = 'raised' desc, amount desc nulls last, shard asc,
        state asc, yields_to asc, yields_to_subject asc, title asc, evidence::text asc
),

said as (
    select
        known.kind,
        known.subject
    from known
    union
    select
        found.kind,
        found.subject
    from found
),

stored as (
    select finding.*
    from said
    inner join finding on said.kind = finding.kind and said.subject = finding.subject
),

leg as (
    select
        false as afterwards,
        stored.kind,
        stored.subject,
        stored.leg,
        stored.state,
        stored.amount,
        stored.currency,
        stored.title,
        stored.sku
    from stored
    union all
    select
        true,
        found.kind,
        found.subject,
        found.leg,
        found.state,
        found.amount,
        found.currency,
        found.title,
        found.sku
    from found
    union all
    select
        true,
        stored.kind,
        stored.subject,
        stored.leg,
        stored.state,
        stored.amount,
        stored.currency,
        stored.title,
        stored.sku
    from stored
    where
        not exists (
            select from known
            where known.id = stored.id
        )
        and not exists (
            select from found
            where found.kind = stored.kind and found.subject = stored.subject and found.leg = stored.leg
        )
),

merged as (
    select
        afterwards,
        kind,
        subject,
        case
            when count(distinct currency) <> 1 then null
            else
                round(
                    round(case when kind = any(%(summed)s) then sum(amount) else max(amount) end, 17),
                    minor_units(max(currency))
                )
        end as amount,
        case when count(distinct currency) = 1 then max(currency) end as currency,
        (array_agg(title order by amount desc nulls last, leg asc))[1] as title,
        (array_agg(sku order by amount desc nulls last, leg asc))[1] as sku
    from leg
    where state = 'raised'
    group by afterwards, kind, subject
)

select
    coalesce(later.kind, before.kind) as kind,
    coalesce(later.subject, before.subject) as subject,
    coalesce(later.title, before.title) as title,
    coalesce(later.sku, before.sku) as sku,
    before.kind is not null as was_raised,
    before.amount as amount_before,
    before.currency as currency_before,
    later.kind is not null as is_raised,
    later.amount as amount_after,
    later.currency as currency_after
from (
    select * from merged
    where not afterwards
) as before
full join (
    select * from merged
    where afterwards
) as later on before.kind = later.kind and before.subject = later.subject
where
    before.kind is null
    or later.kind is null
    or (before.amount, before.currency) is distinct from (later.amount, later.currency)
order by kind, subject
