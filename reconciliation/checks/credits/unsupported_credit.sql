-- A credited line of goods that the customer never bought, or that names no customer (matching.md, tier none).
select
    concat('credit:', line.system, ':', line.id, '#', line.sku) as subject,
    '' as leg,
    line.record,
    null::uuid as other,
    null::uuid as return_record,
    member.group_key,
    concat_ws(chr(31), line.customer_key, line.sku_key) as shard,
    line.sku,
    sum(line.net) as amount,
    line.currency,
    line.issued_at as age_from,
    max(line.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Credit ', line.id, ' takes back ', trim_scale(sum(line.quantity)), ' × ', line.sku,
        case
            when line.tier = 'no customer' then ' but names no customer'
            else concat(', which customer ', line.customer_id, ' never bought before')
        end
    ) as title,
    array[line.system] as systems,
    jsonb_agg(
        evidence(
            concat('line ', line.position, ', sale of ', line.sku),
            'a sale to this customer before the credit',
            'order',
            concat_ws(
                ' ', 'none; credited', trim_scale(line.quantity), 'at', money(line.price, line.currency), 'a unit to',
                coalesce('customer ' || line.customer_id, 'nobody')
            ),
            concat('credit:', line.system, ':', line.id)
        )
        order by line.position
    ) as evidence,
    '[]'::jsonb as suggestions
from unsupported_line as line
left join member on line.record = member.record
where line.tier in ('no customer', 'none')
group by
    line.system, line.id, line.record, line.sku, line.sku_key, line.customer_key, line.customer_id, line.currency,
    line.issued_at, line.tier, member.group_key
