-- What the affected records say as of the moment, as far as they are told and not withdrawn.
insert into said
select
    ledger.record,
    ledger.type,
    ledger.system,
    ledger.content,
    ledger.realm,
    coalesce(ledger.realm, system.realm),
    system.key is not null
from affected
inner join ledger on affected.record = ledger.record
left join system on ledger.system = system.key
where
    ledger.content is not null
    and ledger.type in ('order', 'fulfilment', 'return', 'credit', 'stock_movement', 'outcome')
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s);
analyze said
