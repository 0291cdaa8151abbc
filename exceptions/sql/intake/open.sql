-- What nobody knew of yet.
with opened as (
    insert into exception_case (
        kind, subject, state, version, severity, team, title, flow, systems, refs, amount, currency, customer, sku,
        evidence, suggestions, group_key, record, first_seen, last_seen, occurrences, regressed,
        continues_id, updated_at
    )
    select
        told.kind,
        told.subject,
        'new',
        1,
        declared.severity,
        declared.team,
        told.title,
        told.flow,
        coalesce(told.systems, '{}'),
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
        (
            select max(frozen.id) from exception_case as frozen
            where frozen.kind = told.kind and frozen.subject = told.subject and frozen.frozen_in is not null
        ),
        %(at)s
    from told
    inner join declared on told.kind = declared.kind
    where
        told.raised
        and not told.suppressed
        and not exists (
            select from exception_case as known
            where known.kind = told.kind and known.subject = told.subject and known.frozen_in is null
        )
        and not exists (
            -- what a closed month has settled stays settled until it heals or grows
            select from exception_case as settled
            where
                settled.kind = told.kind
                and settled.subject = told.subject
                and settled.frozen_in is not null
                and settled.healed_at is null
                and (
                    settled.state = 'dismissed'
                    or (settled.state = 'accepted' and coalesce(told.amount, 0) <= coalesce(settled.accepted_amount, 0))
                )
        )
    order by told.amount desc nulls last, told.kind asc, told.subject asc
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
from opened;

insert into to_place
select
    id,
    %(as_of)s
from moved
where move = 'detect'
