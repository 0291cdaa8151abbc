-- A flow that fell silent or woke changes what is shown of groups that are otherwise as they were.
with toggled as (
    update finding
    set state = case when finding.state = 'raised' then 'swallowed' else 'raised' end
    where
        finding.kind in (
            'order_missing_downstream', 'unfulfilled_on_account', 'return_missing_downstream', 'stale_stock'
        )
        and finding.state in ('raised', 'swallowed')
        and (finding.state = 'raised') = exists (
            select from silent
            where
                silent.flow = finding.leg
                and silent.limit_at <= %(as_of)s
                and finding.age_from > silent.last_outcome_at
        )
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
