-- Exceptions that are open and were not before, by the month since which the records disagree, and by currency.
select
    to_char(coalesce(found.since, known.first_seen) at time zone %(zone)s, 'YYYY-MM') as month,
    known.currency,
    count(*) as cases,
    sum(known.amount) as amount
from exception_case as known
cross join
    lateral (
        select min(finding.ripe_at) as since
        from finding
        where finding.kind = known.kind and finding.subject = known.subject and finding.state = 'raised'
    ) as found
where known.state = any(%(open)s) and known.id <> all(%(before)s::bigint[])
group by 1, 2
order by 1 desc, 2 asc
