-- A flow that used to report and no longer does, though records wait to travel on it (checks.md, *Sync*).
select
    concat('flow:', silent.flow) as subject,
    silent.flow as leg,
    null::uuid as record,
    null::uuid as other,
    null::uuid as return_record,
    null::uuid as group_key,
    silent.flow as shard,
    null::text as sku,
    case when held.currencies = 1 then held.amount end as amount,
    case when held.currencies = 1 then held.currency end as currency,
    silent.waiting_since as age_from,
    silent.limit_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        leg.flow,
        ' has been silent since ',
        to_char(silent.last_outcome_at at time zone 'UTC', 'FMDD Mon YYYY HH24:MI'),
        ' while records wait for it',
        case when held.subjects > 0 then concat('; it holds back ', held.subjects, ' exceptions') end
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'last outcome', 'by ' || silent.limit_at::text, silent.flow, silent.last_outcome_at::text, silent.flow
        )
    ) || coalesce(counted.pieces, '[]') as evidence,
    '[]'::jsonb as suggestions
from silent
inner join leg on silent.flow = leg.flow
left join lateral (
    select
        count(distinct swallowed.subject) as subjects,
        sum(swallowed.amount) as amount,
        count(distinct swallowed.currency) as currencies,
        max(swallowed.currency) as currency
    from swallowed
    where swallowed.flow = silent.flow
) as held on true
left join lateral (
    select
        jsonb_agg(
            evidence(
                'swallowed ' || replace(by_kind.kind, '_', ' '), '0', null,
                concat_ws(' ', by_kind.subjects, money(by_kind.amount, by_kind.currency)), silent.flow
            )
            order by by_kind.kind, by_kind.currency
        ) as pieces
    from (
        select
            swallowed.kind,
            swallowed.currency,
            count(distinct swallowed.subject) as subjects,
            sum(swallowed.amount) as amount
        from swallowed
        where swallowed.flow = silent.flow
        group by swallowed.kind, swallowed.currency
    ) as by_kind
) as counted on true
