-- The outcomes of a flow that stand as of a moment, of the 24 hours before it, the last first; of a result, or of any.
select
    ledger.record,
    ledger.system,
    ledger.at,
    outcome.result,
    outcome.about_type,
    outcome.about_id,
    outcome.error_code,
    outcome.error_message,
    count(*) over () as of
from ledger
inner join outcome on ledger.content = outcome.content
where
    ledger.flow = %(flow)s
    and ledger.at <= %(as_of)s
    and ledger.at > %(as_of)s - interval '24 hours'
    and (ledger.until is null or ledger.until > %(as_of)s)
    and (%(result)s::text is null or outcome.result = %(result)s)
order by ledger.at desc, ledger.record asc
limit
    %(rows)s
    offset %(start)s
