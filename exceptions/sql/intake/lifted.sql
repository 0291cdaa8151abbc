-- A suppression that has ended: what it kept out is news again.
with lifted as (
    update suppression
    set lifted_at = %(at)s
    where lifted_at is null and (ends_at <= %(at)s or undone_at is not null)
    returning kind
)

insert into changed_subject (kind, subject, run)
select distinct
    finding.kind,
    finding.subject,
    %(run)s::bigint
from finding
inner join lifted on finding.kind = lifted.kind
where finding.state = 'raised'
on conflict (kind, subject) do nothing
