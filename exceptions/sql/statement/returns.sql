-- Each return accepted in the period, in one currency, taken apart until nothing is left: fees, what was credited
-- before go-live, before, in and after the period, and one reason for what remains (close.md). What no reason fits is
-- unexplained.
with counted as (
    select *
    from return_account
    where received_at >= %(since)s and received_at < %(until)s and currency = %(currency)s and expected is not null
),

credited as (
    select
        counted.return_record,
        sum(credit.amount) filter (where credit.issued_at < %(since)s) as before,
        sum(credit.amount) filter (where credit.issued_at >= %(since)s and credit.issued_at < %(until)s) as within,
        sum(credit.amount) filter (where credit.issued_at >= %(until)s) as after,
        count(*) as documents
    from counted
    inner join credit_account as credit on counted.return_record = credit.return_record
    where credit.reason = 'return' and credit.currency = counted.currency and credit.issued_at <= %(as_of)s
    group by counted.return_record
),

apart as (
    select
        counted.*,
        coalesce(credited.before, 0) as before,
        coalesce(credited.within, 0) as within,
        coalesce(credited.after, 0) as after,
        coalesce(opened.amount, 0) as opened,
        coalesce(credited.documents, 0) + (opened.amount is not null)::integer as documents,
        counted.expected - coalesce(credited.before, 0) - coalesce(credited.within, 0) - coalesce(credited.after, 0)
        - coalesce(opened.amount, 0) as remains
    from counted
    left join credited on counted.return_record = credited.return_record
    left join opening_use() as opened on counted.return_record = opened.record
),

-- what the checks found of the return, of a record that speaks of it, or of its group
told as (
    select
        apart.return_record,
        true as own,
        finding.kind,
        finding.subject,
        finding.state,
        finding.amount
    from apart
    inner join finding on apart.return_record = finding.return_record
    where apart.remains <> 0 and finding.kind = any(%(kinds)s)
    union
    select
        apart.return_record,
        true,
        finding.kind,
        finding.subject,
        finding.state,
        finding.amount
    from apart
    inner join finding on apart.return_record = finding.record
    where apart.remains <> 0 and finding.kind = any(%(kinds)s)
    union
    select
        apart.return_record,
        finding.return_record = apart.return_record or finding.record = apart.return_record,
        finding.kind,
        finding.subject,
        finding.state,
        finding.amount
    from apart
    inner join finding on apart.group_key = finding.group_key and finding.space = 'group'
    where apart.remains <> 0 and finding.kind = any(%(kinds)s)
),

said as (
    select distinct on (told.return_record)
        told.return_record,
        told.state as finding_state,
        told.kind,
        known.id as case_id,
        known.state as case_state,
        accepted.reason
    from told
    left join
        lateral (
            -- each half by an index of its own
            select
                id,
                state,
                closed_at
            from exception_case
            where kind = told.kind and subject = told.subject and frozen_in is null
            union all
            select
                id,
                state,
                closed_at
            from exception_case
            where kind = told.kind and subject = told.subject and frozen_in is not null
        ) as known
        on true
    left join acceptance as accepted on known.id = accepted.case_id and accepted.ended_at is null
    order by
        told.return_record asc,
        told.own desc nulls last,
        told.state = 'raised' desc,
        accepted.id is not null desc,
        known.closed_at is null desc,
        told.kind = any(%(of_credits)s) desc,
        told.amount desc nulls last,
        told.kind asc,
        told.subject asc
),

explained as (
    select
        apart.*,
        said.case_id,
        said.kind,
        case
            when apart.remains = 0 then null
            when
                apart.documents = 0
                and (apart.resolution is null or apart.resolution not in ('refund', 'credit'))
                then 'nothing_due'
            when apart.documents = 0 and apart.expected <= 0 then 'nothing_due'
            when
                apart.documents > 0
                and apart.low - (apart.expected - apart.remains) <= apart.tolerance
                and (apart.expected - apart.remains) - apart.high <= apart.tolerance
                then 'within_tolerance'
            when apart.documents = 0 and apart.due_at > %(as_of)s then 'timing'
            when said.reason is not null then 'accepted'
            when said.case_state in ('new', 'in_progress', 'waiting', 'snoozed', 'pending_approval', 'fix_applied')
                then 'open'
            when said.case_state = 'merged' then 'open'
            when said.case_state = 'dismissed' then 'dismissed'
            when said.finding_state = 'raised' then 'suppressed'
            when said.finding_state is not null then 'not_ripe'
            when
                apart.documents = 0
                and not exists (
                    select from first_sent
                    inner join system on first_sent.system = system.key
                    left join flow on flow.record = 'credit' and flow.source = apart.system
                    where
                        first_sent.type = 'credit'
                        and (first_sent.system = flow.target or (flow.key is null and 'credit' = any(system.authority)))
                )
                then 'no_feed'
            else 'unexplained'
        end as bucket,
        coalesce(said.reason, said.kind) as name
    from apart
    left join said on apart.return_record = said.return_record
)

select
    part.bucket,
    part.name,
    explained.return_record as record,
    explained.system,
    explained.reference,
    explained.customer,
    part.amount,
    explained.received_at as at,
    part.case_id
from explained
cross join
    lateral (
        values
        ('accepted_value', null, explained.expected + explained.fees, null::bigint),
        ('fees', null, -explained.fees, null),
        ('opening', null, -explained.opened, null),
        ('credited_before', null, -explained.before, null),
        ('credited', null, -explained.within, null),
        ('credited_after', null, -explained.after, null),
        (
            explained.bucket,
            case
                when explained.bucket in ('open', 'accepted', 'dismissed', 'suppressed', 'not_ripe') then explained.name
            end,
            -explained.remains,
            case when explained.bucket in ('open', 'accepted', 'dismissed') then explained.case_id end
        )
    ) as part (bucket, name, amount, case_id)
where part.bucket is not null and part.amount <> 0 and (cast(%(wanted)s as text) is null or part.bucket = %(wanted)s)
