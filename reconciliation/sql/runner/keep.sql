-- The findings of the run; whoever keeps cases is told which subjects were found again or changed.
with best as (
    select distinct on (kind, subject, leg) *
    from candidate
    where kind = any(%(kinds)s)
    order by
        kind asc, subject asc, leg asc, state = 'raised' desc, amount desc nulls last, shard asc,
        state asc, yields_to asc, yields_to_subject asc, title asc, evidence::text asc
),

stored as (
    insert into finding (
        kind,
        subject,
        leg,
        space,
        shard,
        state,
        yields_to,
        yields_to_subject,
        record,
        other,
        return_record,
        group_key,
        sku,
        amount,
        currency, age_from, ripe_at, expires_at, title, systems, refs, evidence, suggestions, last_run
    )
    select
        kind,
        subject,
        leg,
        space,
        shard,
        state,
        yields_to,
        yields_to_subject,
        record,
        other,
        return_record,
        group_key,
        sku,
        amount,
        currency,
        age_from,
        ripe_at,
        expires_at,
        title,
        systems,
        coalesce(refs, '{}'),
        evidence,
        coalesce(suggestions, '[]'),
        %(run)s
    from best
    order by kind, subject, leg
    on conflict (kind, subject, leg) do update
        set
            space = excluded.space, shard = excluded.shard, state = excluded.state, yields_to = excluded.yields_to,
            yields_to_subject = excluded.yields_to_subject,
            record = excluded.record, other = excluded.other, return_record = excluded.return_record,
            group_key = excluded.group_key, sku = excluded.sku, amount = excluded.amount, currency = excluded.currency,
            age_from = excluded.age_from, ripe_at = excluded.ripe_at, expires_at = excluded.expires_at,
            title = excluded.title, systems = excluded.systems, refs = excluded.refs, evidence = excluded.evidence,
            suggestions = excluded.suggestions, last_run = excluded.last_run
    returning kind, subject
)

insert into changed_subject (kind, subject, run)
select distinct
    kind,
    subject,
    %(run)s
from stored
order by kind, subject
on conflict (kind, subject) do update set run = excluded.run
