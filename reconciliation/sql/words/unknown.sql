-- The words that systems state now and that neither the topology nor the contract knows, and how many records (of a
-- reason: lines) carry each. `of` is that of a status, `reason` or `rejection`.
with current as (
    select
        system,
        content
    from ledger
    where until is null and content is not null
),

said as (
    select
        current.system,
        spoken.of,
        spoken.raw
    from current
    inner join order_content as content on current.content = content.content
    cross join
        lateral (
            values
            ('order', content.status),
            ('payment.method', content.payment_method),
            ('payment.status', content.payment_status)
        ) as spoken (of, raw)
    union all
    select
        current.system,
        'fulfilment',
        content.status
    from current
    inner join fulfilment_content as content on current.content = content.content
    union all
    select
        current.system,
        spoken.of,
        spoken.raw
    from current
    inner join return_content as content on current.content = content.content
    cross join lateral (values ('return', content.status), ('rejection', content.rejection_reason)) as spoken (of, raw)
    union all
    select
        current.system,
        'reason',
        line.reason_code
    from current
    inner join return_line as line on current.content = line.content
    union all
    select
        current.system,
        'credit',
        content.status
    from current
    inner join credit_content as content on current.content = content.content
),

counted as (
    select
        system,
        of,
        btrim(raw) as raw,
        count(*) as records
    from said
    where raw is not null
    group by system, of, btrim(raw)
)

select
    counted.system,
    counted.of,
    counted.raw,
    counted.records
from counted
left join status_mapping as mapped
    on
        counted.system = mapped.system
        and counted.of = mapped.of
        and mapped.raw_key = lower(counted.raw collate "default")
left join reason_code as reason
    on counted.of = 'reason' and counted.system = reason.system and reason.raw_key = counted.raw
left join rejection_reason as rejection
    on
        counted.of = 'rejection'
        and counted.system = rejection.system
        and rejection.raw_key = lower(counted.raw collate "default")
where
    case counted.of
        when 'reason' then reason.id is null
        when 'rejection'
            then rejection.id is null and not lower(counted.raw collate "default") = any(%(rejections)s)
        else canonical_status(counted.of, mapped.canonical, counted.raw) is null
    end
order by counted.records desc, counted.system asc, counted.of asc, counted.raw asc
limit %(most)s
