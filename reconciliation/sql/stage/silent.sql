-- The flows that have reported successes and fell silent: a record that travels on the flow has changed since its last
-- outcome, and from `limit_at` on that is more than three cadences and the grace ago (checks.md, `silent_flow`).
insert into silent
with spoken as (
    select
        leg.flow,
        newest.at as last_outcome_at
    from leg
    cross join
        lateral (
            select ledger.at
            from ledger
            where
                ledger.flow = leg.flow
                and ledger.at <= %(as_of)s
                and (ledger.until is null or ledger.until > %(as_of)s)
            order by ledger.at desc
            limit 1
        ) as newest
    cross join lateral (
        select ledger.version
        from ledger
        inner join outcome on ledger.content = outcome.content
        where
            ledger.flow = leg.flow
            and outcome.result = 'success'
            and ledger.at <= %(as_of)s
            and (ledger.until is null or ledger.until > %(as_of)s)
        order by ledger.at desc
        limit 1
    ) as success
)

select
    leg.flow,
    spoken.last_outcome_at,
    waiting.since,
    waiting.since + 3 * leg.cadence + leg.grace + interval '1 microsecond'
from leg
inner join spoken on leg.flow = spoken.flow
cross join
    lateral (
        select ledger.changed_at as since
        from ledger
        left join order_content on ledger.content = order_content.content
        left join return_content on ledger.content = return_content.content
        left join credit_content on ledger.content = credit_content.content
        left join status_mapping as word
            on
                ledger.system = word.system
                and ledger.type = word.of
                and word.raw_key = lower(
                    coalesce(order_content.status, return_content.status, credit_content.status) collate "default"
                )
        left join lateral (
            select
                canonical_status(
                    ledger.type, word.canonical,
                    coalesce(order_content.status, return_content.status, credit_content.status)
                ) as status
        ) as said on true
        where
            ledger.system = leg.source
            and ledger.changed_at > spoken.last_outcome_at
            and ledger.at <= %(as_of)s
            and (ledger.until is null or ledger.until > %(as_of)s)
            and ledger.content is not null
            and ledger.type
            = case leg.record when 'credit' then 'return' when 'stock' then 'stock_level' else leg.record end
            and (leg.record <> 'credit' or said.status in ('received', 'inspected', 'closed'))
            and (
                leg.record <> 'fulfilment'
                or exists (
                    select from member as mine
                    inner join member as fellow on mine.group_key = fellow.group_key and fellow.type = 'order'
                    inner join ledger as bought on fellow.record = bought.record
                    where
                        mine.record = ledger.record
                        and bought.system = leg.target
                        and bought.at <= %(as_of)s
                        and (bought.until is null or bought.until > %(as_of)s)
                        and bought.content is not null
                )
            )
            and travels(
                leg.only_these, order_content.channel,
                coalesce(order_content.currency, return_content.currency, credit_content.currency),
                array[coalesce(order_content.status, return_content.status, credit_content.status), said.status],
                coalesce(order_content.customer_id, return_content.customer_id, credit_content.customer_id)
            )
        order by ledger.changed_at
        limit 1
    ) as waiting
