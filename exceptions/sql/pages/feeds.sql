-- What is known of each flow as of a moment: the newest record at its source, its last outcome and its last success,
-- since when a record waits that travels on it and changed after that outcome, the exception that calls it silent, and
-- its outcomes of 24 hours.
select
    flow.key as flow,
    sent.at as sent_at,
    sent.record as sent_record,
    spoken.at as outcome_at,
    spoken.result,
    spoken.error_code,
    spoken.record as outcome_record,
    success.at as success_at,
    waiting.since,
    silent.id as silent,
    day.told,
    day.failed
from flow
left join lateral (
    select
        ledger.changed_at as at,
        ledger.record
    from ledger
    where
        ledger.type
        = case flow.record when 'credit' then 'return' when 'stock' then 'stock_level' else flow.record end
        and ledger.system = flow.source
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
    order by ledger.changed_at desc
    limit 1
) as sent on true
left join lateral (
    select
        ledger.at,
        ledger.record,
        outcome.result,
        outcome.error_code
    from ledger
    inner join outcome on ledger.content = outcome.content
    where
        ledger.flow = flow.key
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
    order by ledger.at desc
    limit 1
) as spoken on true
left join lateral (
    select ledger.at
    from ledger
    inner join outcome on ledger.content = outcome.content
    where
        ledger.flow = flow.key
        and outcome.result = 'success'
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
    order by ledger.at desc
    limit 1
) as success on true
cross join
    lateral (
        select
            count(*) as told,
            count(*) filter (where outcome.result = 'failed') as failed
        from ledger
        inner join outcome on ledger.content = outcome.content
        where
            ledger.flow = flow.key
            and ledger.at <= %(as_of)s
            and ledger.at > %(as_of)s - interval '24 hours'
            and (ledger.until is null or ledger.until > %(as_of)s)
    ) as day
left join lateral (
    select ledger.changed_at as since
    from ledger
    left join order_content on ledger.content = order_content.content
    left join return_content on ledger.content = return_content.content
    left join status_mapping as word
        on
            ledger.system = word.system
            and ledger.type = word.of
            and word.raw_key = lower(coalesce(order_content.status, return_content.status) collate "default")
    cross join
        lateral (
            select
                coalesce(order_content.status, return_content.status) as raw_status,
                canonical_status(
                    ledger.type, word.canonical, coalesce(order_content.status, return_content.status)
                ) as status
        ) as told
    where
        ledger.type
        = case flow.record when 'credit' then 'return' when 'stock' then 'stock_level' else flow.record end
        and ledger.system = flow.source
        and ledger.changed_at > spoken.at
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
        and ledger.content is not null
        and (flow.record <> 'credit' or told.status in ('received', 'inspected', 'closed'))
        and travels(
            flow."only", order_content.channel, coalesce(order_content.currency, return_content.currency),
            array[told.raw_status, told.status], coalesce(order_content.customer_id, return_content.customer_id)
        )
    order by ledger.changed_at
    limit 1
) as waiting on true
left join exception_case as silent
    on
        silent.kind = 'silent_flow'
        and silent.subject = concat('flow:', flow.key)
        and silent.closed_at is null
        and silent.frozen_in is null
