-- Each system as a bit of a number, so that a sum says which systems hold an order, and whether one holds it twice.
-- What has no bit is in no plain group.
insert into numbered_system
select
    key,
    1::bigint << (row_number() over (order by key) - 1)::integer,
    'order' = any(authority),
    kind = 'warehouse'
from system
order by key
limit 50;
insert into required_reference
select
    system.key,
    needed.type,
    scheme.scheme
from system
cross join lateral jsonb_object_keys(system.requires) as needed (type)
cross join lateral jsonb_array_elements_text(system.requires -> needed.type) as scheme (scheme)
where scheme.scheme in ('purchase_order', 'sales_order', 'ecommerce_order', 'order_number');
-- A purchase order is compared with that of the order authority's copy, which must have one then.
insert into required_reference
select
    numbered_system.system,
    'order',
    'purchase_order'
from numbered_system
where
    numbered_system.authority
    and exists (
        select from required_reference
        where required_reference.scheme = 'purchase_order'
    )
    and not exists (
        select from required_reference as known
        where
            known.system = numbered_system.system
            and known.type = 'order'
            and known.scheme = 'purchase_order'
    );
analyze numbered_system, required_reference
