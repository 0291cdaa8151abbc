-- The records of one type that came in the period (of one place: null, of all), the last changed first.
select
    kept.record,
    kept.system,
    ledger.id as reference,
    ledger.at,
    count(*) over () as of
from records_of_period(%(since)s, %(until)s, %(as_of)s) as kept
inner join ledger
    on
        kept.record = ledger.record
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
where kept.type = %(type)s and (cast(%(place)s as text) is null or kept.place = %(place)s)
order by ledger.at desc, kept.record asc
limit
    %(rows)s
    offset %(start)s
