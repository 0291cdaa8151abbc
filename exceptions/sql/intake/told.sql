-- Each subject of which the run has news, its legs merged into one: the greatest amount (of some kinds the sum), none
-- across currencies, and the evidence of all. Taking the news deletes it.
with news as (
    delete from changed_subject
    returning kind, subject
),

leg as (
    select
        news.kind,
        news.subject,
        finding.leg,
        finding.state,
        finding.yields_to,
        finding.yields_to_subject,
        finding.title,
        finding.systems,
        finding.refs,
        finding.amount,
        finding.currency,
        finding.sku,
        finding.evidence,
        finding.suggestions,
        finding.group_key,
        finding.record,
        declared.summed
    from news
    left join finding on news.kind = finding.kind and news.subject = finding.subject
    left join declared on news.kind = declared.kind
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
        bool_or(summed) as summed,
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
    case when merged.currencies = 1 then case when merged.summed then merged.total else merged.greatest end end,
    case when merged.currencies = 1 then merged.currency end,
    customer.id,
    coalesce(merged.sku, (regexp_match(merged.subject, '#([^>]+)$'))[1]),
    coalesce(proof.evidence, '[]'),
    coalesce(advice.suggestions, '[]'),
    merged.group_key,
    merged.record,
    false
from merged
left join named on merged.kind = named.kind and merged.subject = named.subject
left join carried on merged.kind = carried.kind and merged.subject = carried.subject
left join proof on merged.kind = proof.kind and merged.subject = proof.subject
left join advice on merged.kind = advice.kind and merged.subject = advice.subject
left join lateral (
    -- whose group it is: the order authority's word first; else whom the record itself names
    select coalesce(alias.canonical_key, content.customer_key) as id
    from member
    inner join ledger on member.record = ledger.record and ledger.until is null
    inner join order_content as content on ledger.content = content.content
    inner join system on ledger.system = system.key
    left join customer_alias as alias on ledger.system = alias.system and content.customer_key = alias.raw_key
    where member.group_key = merged.group_key and member.type = 'order' and content.customer_key is not null
    order by 'order' = any(system.authority) desc, content.placed_at asc, ledger.record asc
    limit 1
) as bought on true
left join lateral (
    select coalesce(alias.canonical_key, content.customer_key) as id
    from ledger
    inner join credit_content as content on ledger.content = content.content
    left join customer_alias as alias on ledger.system = alias.system and content.customer_key = alias.raw_key
    where ledger.record = merged.record and ledger.until is null
) as credited on true
cross join lateral (
    select coalesce(bought.id, credited.id, (regexp_match(merged.subject, '^customer:([^:]+):'))[1]) as id
) as customer;
create index if not exists told_subject on told (kind, subject);
analyze told;
