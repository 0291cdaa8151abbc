-- The open exceptions that the checks raise about SKUs.
select distinct exception_case.id
from finding
inner join exception_case on finding.kind = exception_case.kind and finding.subject = exception_case.subject
where
    finding.sku = any(%(family)s)
    and finding.state = 'raised'
    and exception_case.closed_at is null
    and exception_case.frozen_in is null
order by exception_case.id
limit %(rows)s
