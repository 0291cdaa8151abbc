-- Every affected record that exists as of the moment and is no movement or outcome, at first in the group of the least
-- record it is tied to, or in one of its own.
insert into label
select
    ledger.record,
    ledger.type,
    coalesce(least_of_record.other, ledger.record),
    false
from affected
inner join ledger on affected.record = ledger.record
left join (
    select distinct on (record)
        record,
        other
    from tie
    order by record, other
) as least_of_record on ledger.record = least_of_record.record
where
    ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
    and ledger.content is not null
    and ledger.type in ('order', 'fulfilment', 'return', 'credit');
analyze label
