-- What is known of each flow as of a moment: the newest record at its source, its last outcome and its last success,
-- and the exception that says it is silent, if one is open.
select
    flow.key as flow,
    sent.at as sent_at,
    sent.record as sent_record,
    spoken.at as outcome_at,
    spoken.result,
    spoken.error_code,
    spoken.record as outcome_record,
    success.at as success_at,
    silent.id as silent
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
left join exception_case as silent
    on
        silent.kind = 'silent_flow'
        and silent.subject = concat('flow:', flow.key)
        and silent.state in ('new', 'in_progress', 'waiting', 'snoozed', 'pending_approval', 'fix_applied')
