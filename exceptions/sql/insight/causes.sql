-- What one cause may stand behind many cases of several kinds: a flow, a word that no mapping knows, an article, and
-- prices that two systems hold of one customer. Open cases only, by currency; `value` is what the cases share.
with known as (
    select
        id,
        kind,
        flow,
        sku,
        customer,
        currency,
        amount,
        group_key
    from exception_case
    where
        closed_at is null
        and (%(kind)s::text is null or kind = %(kind)s)
        and (%(team)s::text is null or team = %(team)s)
        and (%(customer)s::text is null or customer = %(customer)s)
        and (%(flow)s::text is null or flow = %(flow)s)
),

shared as (
    select
        'flow' as cause,
        flow as value,
        kind,
        currency,
        amount
    from known
    where flow is not null
    union all
    select
        'sku',
        sku,
        kind,
        currency,
        amount
    from known
    where sku is not null
    union all
    select
        'prices',
        customer,
        kind,
        currency,
        amount
    from known
    where customer is not null and kind = any(%(price_kinds)s)
    union all
    select
        'word',
        word.value,
        known.kind,
        known.currency,
        known.amount
    from known
    inner join (
        select distinct
            group_key,
            concat(system, ':', raw) as value
        from unmapped_word
    ) as word on known.group_key = word.group_key
)

select
    cause,
    value,
    currency,
    count(*) as cases,
    coalesce(sum(amount), 0) as amount,
    array_agg(distinct kind order by kind) as kinds
from shared
where currency = %(currency)s
group by cause, value, currency
having count(*) > 1
order by amount desc, cases desc, cause asc, value asc
limit 12
