-- The records of a type and a system (null: of any) that stand, those that changed last first, from below a moment and
-- version on.
-- Each pair of type and system is read backwards along its index; the few newest of each are merged.
with newest as (
    select entry.*
    from first_sent
    cross join
        lateral (
            select ledger.*
            from ledger
            where
                ledger.type = first_sent.type
                and ledger.system = first_sent.system
                and ledger.at <= %(as_of)s
                and (ledger.until is null or ledger.until > %(as_of)s)
                and (ledger.changed_at, ledger.version) < (%(changed_at)s, %(version)s)
            order by ledger.changed_at desc, ledger.version desc
            limit %(rows)s
        ) as entry
    where
        first_sent.type = coalesce(%(type)s, first_sent.type)
        and first_sent.system = coalesce(%(system)s, first_sent.system)
    order by entry.changed_at desc, entry.version desc
    limit %(rows)s
)

select
    newest.record,
    newest.version,
    newest.type,
    newest.system,
    newest.id,
    newest.at,
    newest.changed_at,
    newest.arrived_at,
    newest.content is null as withdrawn,
    coalesce(
        order_content.status,
        fulfilment_content.status,
        return_content.status,
        concat_ws(' ', credit_content.status, credit_content.amount, credit_content.currency)
    ) as status,
    concat_ws(' ', trim_scale(stock_level.quantity), '× ' || stock_level.sku, stock_level.condition) as level,
    concat_ws(' ', trim_scale(moved.quantity), '× ' || moved.sku, moved.condition, moved.reason) as movement,
    concat_ws(' ', product.sku, product.title) as product,
    concat_ws(' ', outcome.flow, outcome.result, outcome.error_code) as outcome
from newest
left join order_content on newest.content = order_content.content
left join fulfilment_content on newest.content = fulfilment_content.content
left join return_content on newest.content = return_content.content
left join credit_content on newest.content = credit_content.content
left join stock_level on newest.content = stock_level.content
left join stock_movement as moved on newest.content = moved.content
left join product on newest.content = product.content
left join outcome on newest.content = outcome.content
order by newest.changed_at desc, newest.version desc
