-- At first every affected record that exists as of the moment is a group of its own.
insert into label
select
    ledger.record,
    ledger.type,
    ledger.record as group_key,
    ledger.type in ('stock_movement', 'outcome')
from affected
inner join ledger on affected.record = ledger.record
where
    ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
    and ledger.content is not null
    and ledger.type in ('order', 'fulfilment', 'return', 'credit', 'stock_movement', 'outcome')
