-- What the records of a group have said one after another up to a moment: first words, changes, withdrawals; movements
-- and outcomes with what they tell. The newest first, and no more than 500.
with said as (
    select
        ledger.record,
        ledger.version,
        ledger.type,
        ledger.system,
        ledger.id,
        ledger.at,
        ledger.content,
        ledger.changed_at,
        told.raw_status,
        lag(told.raw_status) over history as status_before,
        row_number() over history as nth,
        moved.sku,
        moved.quantity,
        moved.condition,
        moved.location,
        moved.reason,
        outcome.flow,
        outcome.result,
        outcome.error_code,
        outcome.error_message
    from ledger
    left join order_content on ledger.content = order_content.content
    left join fulfilment_content on ledger.content = fulfilment_content.content
    left join return_content on ledger.content = return_content.content
    left join credit_content on ledger.content = credit_content.content
    left join stock_movement as moved on ledger.content = moved.content
    left join outcome on ledger.content = outcome.content
    cross join
        lateral (
            select coalesce(
                order_content.status, fulfilment_content.status, return_content.status, credit_content.status
            ) as raw_status
        ) as told
    where
        ledger.record = any(%(records)s)
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > ledger.at)
    window history as (partition by ledger.record order by ledger.at)
)

select
    said.*,
    canonical_status(said.type, word.canonical, said.raw_status) as status
from said
left join status_mapping as word
    on
        said.system = word.system
        and said.type = word.of
        and word.raw_key = lower(said.raw_status collate "default")
where said.content is null or said.changed_at = said.at
order by said.at desc, said.type asc, said.system asc, said.id asc
limit 500
