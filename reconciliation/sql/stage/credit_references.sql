-- What credit documents refer to: a reference that any copy carries is the document's.
insert into credit_reference
select distinct
    current_credit.document,
    current_credit.realm,
    reference.scheme,
    reference.norm
from current_credit
inner join ledger on current_credit.record = ledger.record
inner join reference on ledger.content = reference.content
where
    ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
    and not exists (
        select from ignored_reference
        where ignored_reference.value = reference.norm
    );
analyze credit_reference;
