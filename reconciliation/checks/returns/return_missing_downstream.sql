-- A return that its flow has not brought to the target (checks.md, *Returns*).
select
    concat('return:', source.system, ':', source.id, '>', leg.target) as subject,
    leg.flow as leg,
    source.record,
    null::uuid as other,
    source.record as return_record,
    source.group_key,
    source.group_key::text as shard,
    null::text as sku,
    source.refund_amount as amount,
    source.currency,
    moved_on.at as age_from,
    moved_on.at + leg.grace as ripe_at,
    null::timestamptz as expires_at,
    concat(
        'Return ',
        source.id,
        coalesce(' of ' || money(source.refund_amount, source.currency), ''),
        ' has not reached ',
        leg.target_name
    ) as title,
    array[leg.source, leg.target] as systems,
    jsonb_build_array(
        evidence(
            'return',
            'a copy in ' || leg.target_name,
            concat('return:', source.system, ':', source.id),
            'none',
            leg.target
        ),
        evidence(
            'status',
            null,
            null,
            source.status || ' since ' || moved_on.at::text,
            concat('return:', source.system, ':', source.id)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from leg
inner join current_return as source on leg.source = source.system and source.speaks
inner join first_sent on leg.target = first_sent.system and first_sent.type = 'return' and first_sent.at <= %(as_of)s
cross join
    lateral (
        select min(ledger.at) as at
        from ledger
        inner join return_content as earlier on ledger.content = earlier.content
        left join status_mapping as word
            on
                ledger.system = word.system
                and word.of = 'return'
                and word.raw_key = lower(earlier.status collate "default")
        where
            ledger.record = source.record
            and ledger.at <= %(as_of)s
            and (ledger.until is null or ledger.until > ledger.at)
            and canonical_status('return', word.canonical, earlier.status) <> 'requested'
    ) as moved_on
where
    leg.record = 'return'
    and source.live
    and source.status <> 'requested'
    and source.rma is not null
    and travels(leg.only_these, null, source.currency, array[source.raw_status, source.status], source.customer_id)
    and not exists (
        select from current_return as target
        where target.system = leg.target and target.group_key = source.group_key and target.rma = source.rma
    )
