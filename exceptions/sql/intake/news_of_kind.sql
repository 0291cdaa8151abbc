-- Has the next run bring the cases of a kind up to date: all that are found and all that are open.
insert into changed_subject (kind, subject, run)
select
    told.kind,
    told.subject,
    0
from (
    select
        finding.kind,
        finding.subject
    from finding
    where finding.kind = %(kind)s and finding.state = 'raised'
    union
    select
        exception_case.kind,
        exception_case.subject
    from exception_case
    where exception_case.kind = %(kind)s and exception_case.closed_at is null and exception_case.frozen_in is null
) as told
on conflict (kind, subject) do nothing
