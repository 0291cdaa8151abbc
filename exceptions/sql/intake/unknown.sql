-- What nobody knew of yet gets its number, the greatest amount first.
with unknown as (
    select
        told.kind,
        told.subject,
        told.flow,
        coalesce(told.systems, '{}') as systems,
        declared.severity,
        told.currency,
        told.amount,
        told.customer,
        told.sku,
        (
            select max(frozen.id) from exception_case as frozen
            where frozen.kind = told.kind and frozen.subject = told.subject and frozen.frozen_in is not null
        ) as continues
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
            -- what a closed month has settled stays so: dismissed until it heals or its day comes, accepted until it
            -- outgrows that
            select from exception_case as settled
            where
                settled.kind = told.kind
                and settled.subject = told.subject
                and settled.frozen_in is not null
                and (
                    (
                        settled.state = 'dismissed'
                        and settled.healed_at is null
                        and (settled.until is null or settled.until > %(at)s)
                    )
                    or (
                        settled.state = 'accepted'
                        and coalesce(told.amount, 0) <= coalesce(settled.accepted_amount, 0)
                        and (told.amount is null or settled.currency is not distinct from told.currency)
                    )
                )
        )
    order by told.amount desc nulls last, told.kind asc, told.subject asc
)

insert into to_place (id, since, subject, continues, kind, flow, systems, severity, currency, amount, customer, sku)
select
    nextval(pg_get_serial_sequence('exception_case', 'id')),
    %(as_of)s,
    subject,
    continues,
    kind,
    flow,
    systems,
    severity,
    currency,
    amount,
    customer,
    sku
from unknown
