-- A credited line of more units than any one sale to the customer held (matching.md, tier quantity).
select
    concat('credit:', line.system, ':', line.id, '#', line.sku) as subject,
    '' as leg,
    line.record,
    null::uuid as other,
    null::uuid as return_record,
    member.group_key,
    concat_ws(chr(31), line.customer_key, line.sku_key) as shard,
    line.sku,
    sum((line.quantity - line.largest) * line.price) as amount,
    line.currency,
    line.issued_at as age_from,
    max(line.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Credit ', line.id, ' takes back ', trim_scale(sum(line.quantity)), ' × ', line.sku, ', but customer ',
        line.customer_id, ' never bought more than ', trim_scale(max(line.largest)), ' at once'
    ) as title,
    array[line.system] as systems,
    jsonb_agg(
        evidence(
            concat('line ', line.position, ', quantity of ', line.sku),
            trim_scale(line.largest)::text,
            line.sale,
            trim_scale(line.quantity)::text,
            concat('credit:', line.system, ':', line.id)
        )
        order by line.position
    ) as evidence,
    '[]'::jsonb as suggestions
from unsupported_line as line
left join member on line.record = member.record
where line.tier = 'quantity'
group by
    line.system, line.id, line.record, line.sku, line.sku_key, line.customer_key, line.customer_id, line.currency,
    line.issued_at, line.tier, member.group_key
