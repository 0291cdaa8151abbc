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
        min(yields_to_subject) filter (where state = 'yielded') as yields_to_subject,
        (array_agg(title order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as title,
        (array_agg(leg order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as flow,
        count(distinct currency) filter (where state = 'raised') as currencies,
        max(currency) filter (where state = 'raised') as currency,
        max(amount) filter (where state = 'raised') as greatest,
        sum(amount) filter (where state = 'raised') as total,
        bool_or(summed) as summed,
        (array_agg(group_key order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as group_key,
        (array_agg(record order by amount desc nulls last, leg asc) filter (where state = 'raised'))[1] as record
    from leg
    group by kind, subject
)

insert into told
select
    merged.kind,
    merged.subject,
    merged.raised,
    merged.yields_to,
    merged.yields_to_subject,
    merged.title,
    nullif(merged.flow, ''),
    (
        select array_agg(distinct named.system order by named.system)
        from leg
        cross join unnest(leg.systems) as named (system)
        where leg.kind = merged.kind and leg.subject = merged.subject and leg.state = 'raised'
    ),
    coalesce(
        (
            select jsonb_object_agg(carried.scheme, carried.value order by leg.leg desc)
            from leg
            cross join jsonb_each(leg.refs) as carried (scheme, value)
            where leg.kind = merged.kind and leg.subject = merged.subject and leg.state = 'raised'
        ), '{}'
    ),
    case when merged.currencies = 1 then case when merged.summed then merged.total else merged.greatest end end,
    case when merged.currencies = 1 then merged.currency end,
    coalesce(
        (
            select jsonb_agg(piece.value order by leg.leg, piece.ordinality)
            from leg
            cross join jsonb_array_elements(leg.evidence) with ordinality as piece (value, ordinality)
            where leg.kind = merged.kind and leg.subject = merged.subject and leg.state = 'raised'
        ), '[]'
    ),
    coalesce(
        (
            select jsonb_agg(piece.value order by leg.leg, piece.ordinality)
            from leg
            cross join jsonb_array_elements(leg.suggestions) with ordinality as piece (value, ordinality)
            where leg.kind = merged.kind and leg.subject = merged.subject and leg.state = 'raised'
        ), '[]'
    ),
    merged.group_key,
    merged.record
from merged;
create index if not exists told_subject on told (kind, subject);
analyze told;
