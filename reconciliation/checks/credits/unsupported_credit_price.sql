-- A credited line of goods that the customer bought, but never at that price (matching.md, tier price).
select
    concat('credit:', line.system, ':', line.id, '#', line.sku) as subject,
    '' as leg,
    line.record,
    null::uuid as other,
    null::uuid as return_record,
    member.group_key,
    concat_ws(chr(31), line.customer_key, line.sku_key) as shard,
    line.sku,
    sum(line.quantity * abs(line.price - line.nearest_price)) as amount,
    line.currency,
    line.issued_at as age_from,
    max(line.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Credit ', line.id, ' pays back ', line.sku, ' at ', money(max(line.price), line.currency),
        ' a unit, but customer ', line.customer_id, ' bought it at ', money(max(line.nearest_price), line.currency)
    ) as title,
    array[line.system] as systems,
    jsonb_agg(
        evidence(
            concat('line ', line.position, ', unit price of ', line.sku),
            trim_scale(round(line.nearest_price, 6))::text,
            line.sale,
            trim_scale(round(line.price, 6))::text,
            concat('credit:', line.system, ':', line.id)
        )
        order by line.position
    ) as evidence,
    '[]'::jsonb as suggestions
from unsupported_line as line
left join member on line.record = member.record
where line.tier = 'price'
group by
    line.system, line.id, line.record, line.sku, line.sku_key, line.customer_key, line.customer_id, line.currency,
    line.issued_at, line.tier, member.group_key
