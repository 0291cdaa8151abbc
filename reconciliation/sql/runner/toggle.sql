-- A flow that fell silent or woke changes what is shown of groups that are otherwise as they were.
with toggling as (
    select
        finding.id,
        'swallowed' as state
    from silent
    inner join finding on silent.flow = finding.leg
    where
        finding.kind in (
            'order_missing_downstream', 'unfulfilled_on_account', 'return_missing_downstream', 'stale_stock'
        )
        and finding.state = 'raised'
        and silent.limit_at <= %(as_of)s
        and finding.age_from > silent.last_outcome_at
    union all
    select
        finding.id,
        'raised'
    from flow
    inner join finding on flow.key = finding.leg
    where
        finding.kind in (
            'order_missing_downstream', 'unfulfilled_on_account', 'return_missing_downstream', 'stale_stock'
        )
        and finding.state = 'swallowed'
        and not exists (
            select from silent
            where
                silent.flow = finding.leg
                and silent.limit_at <= %(as_of)s
                and finding.age_from > silent.last_outcome_at
        )
),

toggled as (
    update finding
    set state = toggling.state
    from toggling
    where finding.id = toggling.id
    returning finding.kind, finding.subject
)

insert into changed_subject (kind, subject, run)
select distinct
    kind,
    subject,
    %(run)s
from toggled
order by kind, subject
on conflict (kind, subject) do update set run = excluded.run
