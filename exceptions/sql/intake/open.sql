-- Opens what nobody knew of, with team and terms at once: a case has two dozen indexes, so it is written once.
with opened as (
    insert into exception_case (
        id, kind, subject, state, version, severity, team, owner_id, title, flow, systems, refs, amount, currency,
        customer, sku, evidence, suggestions, group_key, record, first_seen, last_seen, occurrences, regressed,
        claim_due_at, due_at, warn_at, storm_id, continues_id, updated_at
    )
    select
        to_place.id,
        told.kind,
        told.subject,
        'new',
        1,
        to_place.severity,
        placed.team,
        placed.owner_id,
        told.title,
        told.flow,
        to_place.systems,
        told.refs,
        told.amount,
        told.currency,
        told.customer,
        told.sku,
        told.evidence,
        told.suggestions,
        told.group_key,
        told.record,
        %(as_of)s,
        %(as_of)s,
        1,
        false,
        term.claim_due_at,
        term.due_at,
        term.warn_at,
        stormed.head,
        to_place.continues,
        %(at)s
    from to_place
    inner join told on to_place.kind = told.kind and to_place.subject = told.subject
    inner join placed on to_place.id = placed.id
    inner join term on to_place.id = term.id
    left join stormed on to_place.id = stormed.id
    order by to_place.id
    on conflict (kind, subject) where frozen_in is null do nothing
    returning id, kind, amount, currency
)

insert into moved
select
    id,
    kind,
    'detect',
    null,
    'new',
    jsonb_build_object('amount', amount::text, 'currency', currency)
from opened
