-- How many records came in the period, by type, and where each of them is.
select
    type,
    count(*) as received,
    count(*) filter (where place = 'in_exceptions') as in_exceptions,
    count(*) filter (where place = 'not_applicable') as not_applicable,
    count(*) filter (where place = 'matched') as matched
from records_of_period(%(since)s, %(until)s, %(as_of)s)
group by type
order by type
