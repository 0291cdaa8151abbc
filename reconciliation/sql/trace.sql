-- Every version of every record in the groups that carry a number, by its references, its number or its id, as of a
-- moment; oldest first.
with recursive met as (
    select reference.record
    from reference
    where reference.norm = %(norm)s
    union
    select ledger.record
    from ledger
    where ledger.id = %(given)s
),

reached as (
    select met.record
    from met
    union
    select near.record
    from reached
    cross join lateral (
        select other.record
        from ledger as spoken
        inner join system on spoken.system = system.key
        inner join reference as mine on spoken.content = mine.content
        inner join reference as other on mine.norm = other.norm and mine.scheme = other.scheme
        inner join ledger as answer on other.content = answer.content
        inner join system as its on answer.system = its.key
        where
            spoken.record = reached.record
            and spoken.type in ('order', 'fulfilment', 'return', 'credit')
            and spoken.at <= %(as_of)s
            and (spoken.until is null or spoken.until > %(as_of)s)
            and answer.at <= %(as_of)s
            and (answer.until is null or answer.until > %(as_of)s)
            and coalesce(spoken.realm, system.realm) = coalesce(answer.realm, its.realm)
            and mine.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
            and mine.norm not in (select ignored_reference.value from ignored_reference)
        union all
        select case when link.record = reached.record then link.other else link.record end
        from link
        where reached.record in (link.record, link.other) and link.undone_at is null
    ) as near
)

select
    ledger.at,
    ledger.type,
    ledger.system,
    ledger.id,
    version.raw,
    ledger.content is null as withdrawn,
    ledger.until is null or ledger.until > %(as_of)s as current
from (select distinct reached.record from reached) as found
inner join ledger on found.record = ledger.record
inner join version on ledger.version = version.version
where ledger.at <= %(as_of)s
order by ledger.at, ledger.type, ledger.system, ledger.id, ledger.hash
