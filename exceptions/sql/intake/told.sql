-- Each subject of which the run has news, its legs merged into one: the greatest amount (of some kinds the sum), none
-- across currencies, and the evidence of all. Most have one leg, which says it as it is.
insert into told
select
    kind,
    subject,
    true,
    null,
    null,
    title,
    case when leg not like '#%%' then nullif(leg, '') end,
    array(
        select distinct named.system from unnest(systems) as named (system)
        order by named.system
    ),
    coalesce(refs, '{}'),
    case when currency is not null then round(round(amount, 17), minor_units(currency)) end,
    currency,
    customer,
    sku,
    coalesce(evidence, '[]'),
    coalesce(suggestions, '[]'),
    group_key,
    record,
    false
from told_leg
where alone;

with leg as materialized (
    select * from told_leg
    where alone is not true
),

merged as (
    select
        kind,
        subject,
        coalesce(bool_or(state = 'raised'), false) as raised,
        min(yields_to) filter (where state = 'yielded') as yields_to,
        (array_agg(yields_to_subject order by yields_to asc, yields_to_subject asc) filter (where state = 'yielded'))[1]
            as yields_to_subject,
        (array_agg(title order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as title,
        (array_agg(leg order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as flow,
        count(distinct currency) filter (where state = 'raised') as currencies,
        max(currency) filter (where state = 'raised') as currency,
        max(amount) filter (where state = 'raised') as greatest,
        sum(amount) filter (where state = 'raised') as total,
        (array_agg(customer order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as customer,
        (array_agg(sku order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as sku,
        (array_agg(group_key order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as group_key,
        (array_agg(record order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as record
    from leg
    group by kind, subject
),

named as (
    select
        leg.kind,
        leg.subject,
        array_agg(distinct named.system order by named.system) as systems
    from leg
    cross join unnest(leg.systems) as named (system)
    where leg.state = 'raised'
    group by leg.kind, leg.subject
),

carried as (
    select
        leg.kind,
        leg.subject,
        jsonb_object_agg(carried.scheme, carried.value order by leg.leg desc) as refs
    from leg
    cross join jsonb_each(leg.refs) as carried (scheme, value)
    where leg.state = 'raised'
    group by leg.kind, leg.subject
),

proof as (
    select
        leg.kind,
        leg.subject,
        jsonb_agg(piece.value order by leg.leg, piece.ordinality) as evidence
    from leg
    cross join jsonb_array_elements(leg.evidence) with ordinality as piece (value, ordinality)
    where leg.state = 'raised'
    group by leg.kind, leg.subject
),

advice as (
    select
        leg.kind,
        leg.subject,
        jsonb_agg(piece.value order by leg.leg, piece.ordinality) as suggestions
    from leg
    cross join jsonb_array_elements(leg.suggestions) with ordinality as piece (value, ordinality)
    where leg.state = 'raised'
    group by leg.kind, leg.subject
)

insert into told
select
    merged.kind,
    merged.subject,
    merged.raised,
    merged.yields_to,
    merged.yields_to_subject,
    merged.title,
    case when merged.flow not like '#%%' then nullif(merged.flow, '') end,
    named.systems,
    coalesce(carried.refs, '{}'),
    case
        when merged.currencies = 1
            then round(
                round(case when declared.summed then merged.total else merged.greatest end, 17),
                minor_units(merged.currency)
            )
    end,
    case when merged.currencies = 1 then merged.currency end,
    merged.customer,
    merged.sku,
    coalesce(proof.evidence, '[]'),
    coalesce(advice.suggestions, '[]'),
    merged.group_key,
    merged.record,
    false
from merged
left join declared on merged.kind = declared.kind
left join named on merged.kind = named.kind and merged.subject = named.subject
left join carried on merged.kind = carried.kind and merged.subject = carried.subject
left join proof on merged.kind = proof.kind and merged.subject = proof.subject
left join advice on merged.kind = advice.kind and merged.subject = advice.subject;
create index if not exists told_subject on told (kind, subject);
analyze told (kind, subject, raised);
