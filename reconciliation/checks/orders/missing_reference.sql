-- A record without an order reference that its system requires and another record of the group carries.
with required as (
    select
        standing_record.*,
        scheme.scheme
    from standing_record
    inner join system on standing_record.system = system.key
    cross join lateral jsonb_array_elements_text(system.requires -> standing_record.type) as scheme (scheme)
    where
        scheme.scheme in ('sales_order', 'ecommerce_order', 'order_number')
        and not exists (
            select from current_reference
            where current_reference.record = standing_record.record and current_reference.scheme = scheme.scheme
        )
)

select
    concat(required.type, ':', required.system, ':', required.id) as subject,
    '#' || required.scheme as leg,
    required.record,
    null::uuid as other,
    case when required.type = 'return' then required.record end as return_record,
    required.group_key,
    required.group_key::text as shard,
    null::text as sku,
    null::numeric as amount,
    null::text as currency,
    required.changed_at as age_from,
    required.changed_at + required.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        initcap(required.type), ' ', required.id, ' lacks the ', replace(required.scheme, '_', ' '), ' ', carried.value
    ) as title,
    array[required.system] as systems,
    jsonb_build_array(
        evidence(
            'refs.' || required.scheme,
            carried.value,
            carried.holder,
            'none',
            concat(required.type, ':', required.system, ':', required.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from required
cross join lateral (
    select
        current_reference.value,
        concat(holder.type, ':', holder.system, ':', holder.id) as holder
    from current_reference
    inner join current_record as holder on current_reference.record = holder.record
    where
        current_reference.group_key = required.group_key
        and current_reference.record <> required.record
        and current_reference.scheme = required.scheme
        and holder.type in ('order', 'fulfilment', 'return', 'credit')
    order by holder.type <> 'order', holder.system, holder.id
    limit 1
) as carried
