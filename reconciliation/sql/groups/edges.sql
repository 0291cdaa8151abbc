-- What holds records together: strong references within one realm, and links that a person made. A node begins with
-- what tells it from others, since it is sorted by.
insert into edge
select
    ledger.record,
    concat_ws(chr(31), reference.norm, reference.scheme, coalesce(ledger.realm, system.realm))
from label
inner join ledger on label.record = ledger.record
inner join system on ledger.system = system.key
inner join reference on ledger.content = reference.content
where
    not label.attached
    and ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
    and reference.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
    and not exists (
        select from ignored_reference
        where ignored_reference.value = reference.norm
    )
union all
select
    label.record,
    concat_ws(chr(31), 'link', link.id)
from label
inner join link on label.record in (link.record, link.other)
where not label.attached and link.undone_at is null
