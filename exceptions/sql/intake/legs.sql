-- What the run has news of: the legs of each such subject, and whose they are. A subject that is found no longer is a
-- row without a state. Taking the news deletes it.
with news as (
    delete from changed_subject
    returning kind, subject
)

insert into told_leg
select
    news.kind,
    news.subject,
    finding.leg,
    finding.state,
    finding.yields_to,
    finding.yields_to_subject,
    finding.title,
    finding.systems,
    finding.refs,
    finding.amount,
    finding.currency,
    coalesce(bought.id, credited.id, (regexp_match(news.subject, '^customer:([^:]+):'))[1]),
    coalesce(finding.sku, (regexp_match(news.subject, '#([^>]+)$'))[1]),
    finding.evidence,
    finding.suggestions,
    finding.group_key,
    finding.record,
    finding.state = 'raised' and count(*) over (partition by news.kind, news.subject) = 1
from news
left join finding on news.kind = finding.kind and news.subject = finding.subject
left join lateral (
    -- whose group it is: the order authority's word first; else whom the record itself names
    select coalesce(alias.canonical_key, content.customer_key) as id
    from member
    inner join ledger on member.record = ledger.record and ledger.until is null
    inner join order_content as content on ledger.content = content.content
    inner join system on ledger.system = system.key
    left join customer_alias as alias on ledger.system = alias.system and content.customer_key = alias.raw_key
    where
        finding.state = 'raised'
        and member.group_key = finding.group_key
        and member.type = 'order'
        and content.customer_key is not null
    order by 'order' = any(system.authority) desc, content.placed_at asc, ledger.record asc
    limit 1
) as bought on true
left join lateral (
    select coalesce(alias.canonical_key, content.customer_key) as id
    from ledger
    inner join credit_content as content on ledger.content = content.content
    left join customer_alias as alias on ledger.system = alias.system and content.customer_key = alias.raw_key
    where finding.state = 'raised' and ledger.record = finding.record and ledger.until is null
) as credited on true
