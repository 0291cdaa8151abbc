-- Each portal's return with what it should be credited, and the live documents of it: those that carry its rma and
-- have the reason `return`. `tolerance` and `within` are those of the credit flow out of the portal.
insert into return_settlement
select
    current_return.record,
    current_return.group_key,
    current_return.system,
    current_return.id,
    current_return.status,
    current_return.resolution,
    current_return.aged_from,
    current_return.changed_at,
    expectation.expected,
    expectation.low,
    expectation.high,
    expectation.currency,
    coalesce(way.tolerance, 0.01),
    coalesce(way.within, '5 days'),
    coalesce(document.documents, 0),
    document.amount,
    document.currencies,
    document.latest,
    document.changed_at
from current_return
left join return_expectation as expectation on current_return.record = expectation.return_record
left join lateral (
    select
        min(near.tolerance_amount) as tolerance,
        min(near.within) as within
    from (
        select
            leg.*,
            rank() over (
                order by
                    not exists (
                        select from current_record as ending
                        where ending.group_key = current_return.group_key and ending.system = leg.target
                    )
            ) as nearness
        from leg
        where leg.record = 'credit' and leg.source = current_return.system
    ) as near
    where near.nearness = 1
) as way on true
left join lateral (
    select
        count(*) as documents,
        sum(credit.net_goods) as amount,
        array_agg(distinct credit.currency) as currencies,
        (array_agg(credit.record order by credit.issued_at desc, credit.id desc, credit.system asc))[1] as latest,
        max(credit.changed_at) as changed_at
    from credit_reference as rma
    inner join current_credit as credit on rma.document = credit.document and rma.realm = credit.realm
    where
        rma.scheme = 'rma'
        and rma.norm = current_return.rma
        and rma.realm = current_return.realm
        and credit.speaks
        and credit.live
        and credit.reason = 'return'
) as document on true
where current_return.portal and current_return.speaks;
analyze return_settlement;
