-- All credits of a customer and SKU that name no order, together, above all that was sold before the latest of them.
with claimed as (
    select
        claim.*,
        sum(claim.quantity) over same as credited,
        first_value(claim.record) over (same order by claim.issued_at desc, claim.id desc, claim.system asc) as latest
    from claim_line as claim
    where claim.customer_key is not null
    window same as (partition by claim.customer_key, claim.sku_key)
),

latest as (
    select
        record,
        system,
        id,
        sku_key,
        customer_key,
        customer_id,
        currency,
        issued_at,
        changed_at,
        credited,
        min(sku) as sku,
        round(sum(net), 30) / nullif(sum(quantity) filter (where net is not null), 0) as price
    from claimed
    where record = latest
    group by
        record, system, id, sku_key, customer_key, customer_id, currency, issued_at, changed_at, credited
),

sold as (
    select
        latest.record,
        latest.sku_key,
        sum(sale.quantity) as quantity
    from latest
    inner join sale_line as sale on latest.customer_key = sale.customer_key and latest.sku_key = sale.sku_key
    where sale.placed_at < latest.issued_at
    group by latest.record, latest.sku_key
)

select
    concat('credit:', latest.system, ':', latest.id, '#', latest.sku) as subject,
    '' as leg,
    latest.record,
    null::uuid as other,
    null::uuid as return_record,
    member.group_key,
    concat_ws(chr(31), latest.customer_key, latest.sku_key) as shard,
    latest.sku,
    (latest.credited - sold.quantity) * latest.price as amount,
    latest.currency,
    latest.issued_at as age_from,
    latest.changed_at as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Customer ', latest.customer_id, ' was credited ', trim_scale(latest.credited), ' × ', latest.sku,
        ' in all, but bought only ', trim_scale(sold.quantity)
    ) as title,
    array[latest.system] as systems,
    jsonb_build_array(
        evidence(
            concat('quantity of ', latest.sku, ' over all sales and credits'),
            trim_scale(sold.quantity)::text,
            'order',
            trim_scale(latest.credited)::text,
            concat('credit:', latest.system, ':', latest.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from latest
inner join sold on latest.record = sold.record and latest.sku_key = sold.sku_key
left join member on latest.record = member.record
where sold.quantity > 0 and latest.credited > sold.quantity
