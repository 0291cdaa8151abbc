-- More is ordered of a SKU than there is (checks.md, *Stock*).
with demand as (
    select
        open_demand.sku,
        sum(open_demand.quantity) as quantity,
        sum(open_demand.quantity * open_demand.price) filter (where open_demand.price is not null)
        / nullif(sum(open_demand.quantity) filter (where open_demand.price is not null), 0) as price,
        array_agg(distinct open_demand.currency) as currencies,
        count(*) as orders
    from open_demand
    where open_demand.sku in (select stock_now.sku from stock_now)
    group by open_demand.sku
),

short as (
    select
        system.key as system,
        system.stock = 'available' as available,
        coalesce(nullif(system.name, ''), system.key) as name,
        stock_now.sku,
        stock_now.quantity as stock,
        stock_now.changed_at,
        demand.quantity as demand,
        demand.orders,
        demand.price,
        case when cardinality(demand.currencies) = 1 then demand.currencies[1] end as currency,
        case
            when system.stock = 'available' then -stock_now.quantity
            else demand.quantity - stock_now.quantity
        end as shortfall
    from system
    inner join stock_now on system.key = stock_now.system
    left join demand on stock_now.sku = demand.sku
    where
        'stock' = any(system.authority)
        and (system.stock = 'available' or demand.quantity > 0)
)

select
    concat('stock:', short.system, ':', short.sku) as subject,
    '' as leg,
    null::uuid as record,
    null::uuid as other,
    null::uuid as return_record,
    null::uuid as group_key,
    short.sku as shard,
    short.sku,
    value.amount,
    short.currency,
    short.changed_at as age_from,
    short.changed_at as ripe_at,
    null::timestamptz as expires_at,
    case
        when short.available
            then
                concat(
                    trim_scale(short.shortfall),
                    ' × ',
                    short.sku,
                    ' (' || value.written || ')',
                    ' is promised beyond what ',
                    short.name, ' has'
                )
        else concat(
            trim_scale(short.demand), ' × ', short.sku, ' is still to go out, ', short.name, ' has ',
            trim_scale(short.stock), ': ', trim_scale(short.shortfall), ' short', ' (' || value.written || ')'
        )
    end as title,
    array[short.system] as systems,
    jsonb_build_array(
        evidence(
            case when short.available then 'available' else 'sellable' end || ' quantity of ' || short.sku,
            'at least ' || case when short.available then 0 else trim_scale(short.demand) end,
            concat(coalesce(short.orders, 0), ' open order', case when short.orders is distinct from 1 then 's' end),
            trim_scale(short.stock)::text,
            short.system
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from short
cross join
    lateral (
        select case when short.currency is not null then short.shortfall * short.price end as amount
    ) as priced
cross join
    lateral (
        select
            priced.amount,
            money(priced.amount, short.currency) as written
    ) as value
where short.shortfall > 0
