-- What is open, or closed by a person, and found again: the newest word of it. A grown amount wakes a snoozed case,
-- and any other evidence or amount than was proposed on voids the proposal. In another currency nothing compares: it
-- counts as grown.
with compared as (
    select
        before.id,
        coalesce(told.amount > coalesce(before.amount, 0) or told.currency <> before.currency, false) as grown,
        (
            told.evidence <> before.evidence
            or told.amount is distinct from before.amount
            or told.currency is distinct from before.currency
        ) as other
    from told
    inner join exception_case as before on told.kind = before.kind and told.subject = before.subject
    where told.raised and not told.suppressed and before.state <> 'merged' and before.frozen_in is null
),

refreshed as (
    update exception_case as known
    set
        title = told.title,
        flow = told.flow,
        systems = coalesce(told.systems, '{}'),
        refs = told.refs,
        amount = told.amount,
        currency = told.currency,
        customer = told.customer,
        sku = told.sku,
        evidence = told.evidence,
        suggestions = told.suggestions,
        group_key = told.group_key,
        record = told.record,
        last_seen = %(as_of)s,
        occurrences = before.occurrences + 1,
        updated_at = %(at)s,
        state = case
            when before.state = 'snoozed' and compared.grown then 'new'
            when before.state = 'pending_approval' and compared.other then 'in_progress'
            else before.state
        end,
        until = case when before.state <> 'snoozed' or not compared.grown then before.until end,
        touched_at = case
            when before.state = 'pending_approval' and compared.other then %(at)s else before.touched_at
        end,
        version = before.version + case
            when before.state = 'snoozed' and compared.grown then 1
            when before.state = 'pending_approval' and compared.other then 1
            else 0
        end
    from told
    inner join exception_case as before on told.kind = before.kind and told.subject = before.subject
    inner join compared on before.id = compared.id
    where known.id = before.id
    returning
        known.id, known.kind, before.state as from_state, known.state as to_state, before.amount as old_amount,
        before.currency as old_currency, known.amount, known.currency
)

insert into moved
select
    id,
    kind,
    case
        when from_state = 'snoozed' and to_state = 'new' then 'wake'
        when from_state = 'pending_approval' and to_state = 'in_progress' then 'void'
        else 're-detect'
    end,
    from_state,
    to_state,
    jsonb_build_object(
        'amount', amount::text, 'currency', currency, 'amount_before', old_amount::text, 'currency_before', old_currency
    )
from refreshed
where from_state <> to_state or (amount, currency) is distinct from (old_amount, old_currency);

update proposal
set decision = 'void', decided_at = %(at)s
from moved
where proposal.case_id = moved.id and moved.move = 'void' and proposal.decision is null
