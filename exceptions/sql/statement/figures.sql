-- What stands beside the sums, a row for each figure: how money or credit went back (by the kind of the document,
-- refunds also by whether the cash has moved), what was sold, lines refused, returns accepted that no order prices, and
-- how many records came in the period, by type, and where each of them is. `wanted`: how money went back alone.
select
    'method' as figure,
    kind as name,
    case when kind = 'refund' then coalesce(settled, false) end as settled,
    count(*) as records,
    coalesce(sum(amount), 0) as amount,
    null::bigint as in_exceptions,
    null::bigint as not_applicable,
    null::bigint as matched
from credit_account
where issued_at >= %(since)s and issued_at < %(until)s and currency = %(currency)s
group by kind, case when kind = 'refund' then coalesce(settled, false) end
union all
select
    'sold',
    null,
    null,
    count(*),
    coalesce(sum(amount), 0),
    null,
    null,
    null
from order_account
where
    placed_at >= %(since)s
    and placed_at < %(until)s
    and currency = %(currency)s
    and cast(%(wanted)s as text) is null
union all
select
    'rejected',
    null,
    null,
    count(*),
    0,
    null,
    null,
    null
from rejected_line
where arrived_at >= %(since)s and arrived_at < %(until)s and cast(%(wanted)s as text) is null
union all
select
    'unpriced',
    null,
    null,
    count(*),
    0,
    null,
    null,
    null
from return_account
where
    received_at >= %(since)s
    and received_at < %(until)s
    and expected is null
    and (currency = %(currency)s or currency is null)
    and cast(%(wanted)s as text) is null
union all
select
    'kept',
    type,
    null,
    count(*),
    0,
    count(*) filter (where place = 'in_exceptions'),
    count(*) filter (where place = 'not_applicable'),
    count(*) filter (where place = 'matched')
from records_of_period(%(since)s, %(until)s, %(as_of)s)
where cast(%(wanted)s as text) is null
group by type
order by figure, name, settled
