-- What ends in the window: ownership rules, suppressions, snoozes and tokens, the first first; at most eight.
select
    'rule' as what,
    name,
    ends_at as at,
    null::bigint as "case"
from ownership_rule
where ends_at > %(since)s and ends_at <= %(until)s
union all
select
    'suppression',
    kind,
    ends_at,
    null
from suppression
where ends_at > %(since)s and ends_at <= %(until)s and undone_at is null
union all
select
    'snooze',
    title,
    until,
    id
from exception_case
where state = 'snoozed' and until > %(since)s and until <= %(until)s
union all
select
    'token',
    name,
    expires_at,
    null
from api_token
where expires_at > %(since)s and expires_at <= %(until)s and revoked_at is null
order by at, what, name
limit 8
