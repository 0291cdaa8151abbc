-- Everything whose group may change with the news: the groups they were in, and the groups of all that shares
-- a reference, a link or an outcome with them. Any other group keeps its members.
insert into affected
select news.record
from news
union
select other.record
from news
inner join reference as mine on news.record = mine.record
inner join reference as other on mine.norm = other.norm and mine.scheme = other.scheme
where mine.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
union
select link.other
from news
inner join link on news.record = link.record
union
select link.record
from news
inner join link on news.record = link.other
union
select record_key(outcome.about_type, flow.source, outcome.about_id)
from news
inner join ledger on news.record = ledger.record
inner join outcome on ledger.content = outcome.content
inner join flow on outcome.flow = flow.key
union
select outcome.record
from news
inner join ledger on news.record = ledger.record
inner join outcome on ledger.id = outcome.about_id;
analyze affected;

insert into affected
select fellow.record
from (
    select distinct member.group_key
    from affected
    inner join member on affected.record = member.record
) as touched_group
inner join member as fellow on touched_group.group_key = fellow.group_key
where
    not exists (
        select from affected as known
        where known.record = fellow.record
    );
analyze affected
