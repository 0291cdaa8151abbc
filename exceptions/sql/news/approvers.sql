-- Whose band covers what is proposed (as exceptions/proposals.py decides): of each role the band of the kind, else that
-- of every kind; nobody who is barred, and not who proposed it.
with asked as (
    select
        told_news.sort,
        told_news.case_id,
        told_news.entry,
        known.kind,
        proposal.amount,
        proposal.currency,
        proposal.proposed_by_id
    from told_news
    inner join exception_case as known on told_news.case_id = known.id
    inner join proposal on known.id = proposal.case_id and proposal.decision is null
    where told_news.sort = 'approval'
),

band as (
    select distinct on (asked.case_id, approval_band.role)
        asked.case_id,
        approval_band.role,
        coalesce(approval_band.up_to >= asked.amount, true) as covers
    from asked
    inner join approval_band on asked.currency = approval_band.currency
    where approval_band.kind is null or approval_band.kind = asked.kind
    order by asked.case_id asc, approval_band.role asc, approval_band.kind asc nulls last
)

insert into listener
select
    asked.sort,
    asked.case_id,
    asked.entry,
    person.id
from asked
cross join auth_user as person
where
    person.is_active
    and person.id <> asked.proposed_by_id
    and exists (
        select from role_grant
        where role_grant.person_id = person.id and role_grant.role = any(%(approving)s)
    )
    and not exists (
        select from role_grant
        where role_grant.person_id = person.id and role_grant.role = any(%(barred)s)
    )
    and (
        asked.amount is null
        or exists (
            select from role_grant
            inner join band on role_grant.role = band.role
            where role_grant.person_id = person.id and band.case_id = asked.case_id and band.covers
        )
    )
