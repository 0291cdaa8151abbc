insert into swallowed
select
    finding.leg,
    finding.kind,
    finding.subject,
    finding.amount,
    finding.currency
from flow
inner join finding on flow.key = finding.leg
where
    finding.kind in ('order_missing_downstream', 'unfulfilled_on_account', 'return_missing_downstream', 'stale_stock')
    and finding.state = 'swallowed'
