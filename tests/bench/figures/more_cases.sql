-- Many more cases like those that were found, over 90 days: of ten, three are new, one is owned and six are resolved.
-- They speak of the groups of the cases that they are made from, and their trail says when they came and went.
insert into exception_case (
    version,
    occurrences,
    regressed,
    suggestions,
    kind,
    subject,
    state,
    severity,
    team,
    title,
    flow,
    systems,
    refs,
    amount,
    currency,
    customer,
    sku,
    evidence,
    group_key, record, first_seen, last_seen, due_at, closed_at, resolution, resolved_by, owner_id
)
select
    1 as version,
    1 as occurrences,
    false as regressed,
    known.suggestions,
    known.kind,
    known.subject || '~' || n,
    case when mod(n, 10) < 3 then 'new' when mod(n, 10) = 3 then 'in_progress' else 'resolved' end as state,
    known.severity,
    known.team,
    known.title,
    known.flow,
    known.systems,
    known.refs,
    known.amount + mod(n, 900),
    known.currency,
    known.customer,
    known.sku,
    known.evidence,
    known.group_key,
    known.record,
    told.at as first_seen,
    told.at as last_seen,
    told.at + interval '5 days' as due_at,
    case when mod(n, 10) > 3 then told.at + interval '2 days' end as closed_at,
    case when mod(n, 10) > 3 then 'agrees' end as resolution,
    case when mod(n, 10) > 3 then 'data' end as resolved_by,
    case when mod(n, 10) = 3 then (
        select membership.person_id
        from membership
        where membership.team_id = known.team
        order by md5(concat(membership.person_id, n))
        limit 1
    ) end as owner_id
from exception_case as known
cross join generate_series(1, %(times)s) as n
cross join lateral (
    select %(moment)s::timestamptz - mod(n * 7 + known.id::integer, 90) * interval '1 day' as at
) as told;
insert into trail_entry (case_id, at, move, to_state, source, note, details)
select
    id,
    first_seen,
    'detect' as move,
    'new' as to_state,
    'run 1' as source,
    '' as note,
    '{}' as details
from exception_case
where subject like '%%~%%';
insert into trail_entry (case_id, at, move, from_state, to_state, source, note, details)
select
    id,
    closed_at,
    'auto-resolve' as move,
    'new' as from_state,
    'resolved' as to_state,
    'run 1' as source,
    '' as note,
    '{}' as details
from exception_case
where subject like '%%~%%' and closed_at is not null;
