-- What each system does at all: up to two returns of which it states an inspection, or a disposition. The same for
-- every slice.
insert into practice
select
    system.key,
    'inspections',
    array(
        select ledger.record
        from ledger
        inner join return_content as content on ledger.content = content.content
        where
            ledger.system = system.key
            and ledger.type = 'return'
            and ledger.at <= %(as_of)s
            and (ledger.until is null or ledger.until > %(as_of)s)
            and content.inspected_at is not null
        limit 2
    )
from system
union all
select
    system.key,
    'dispositions',
    array(
        select ledger.record
        from ledger
        where
            ledger.system = system.key
            and ledger.type = 'return'
            and ledger.at <= %(as_of)s
            and (ledger.until is null or ledger.until > %(as_of)s)
            and exists (
                select from return_line
                where return_line.content = ledger.content and return_line.disposition is not null
            )
        limit 2
    )
from system;

-- Whether a system that dispatches has ever sent a fulfilment (No feed, no verdict).
insert into dispatch_feed
select
    coalesce(
        bool_or(
            first_sent.system in (
                select leg.source from leg
                where leg.record = 'fulfilment'
            )
            or not exists (
                select from leg
                where leg.record = 'fulfilment'
            )
        ), false
    )
from first_sent
where first_sent.type = 'fulfilment' and first_sent.at <= %(as_of)s;

-- When history begins (matching.md, *before history*).
insert into first_order
select content.placed_at
from order_content as content
inner join ledger on content.content = ledger.content
where ledger.at <= %(as_of)s and (ledger.until is null or ledger.until > %(as_of)s)
order by content.placed_at
limit 1;
insert into first_order
select null
where
    not exists (
        select from first_order
    )
