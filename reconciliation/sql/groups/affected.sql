-- Everything whose group may change with what moves: the groups it was in, and the groups of all that shares
-- a reference, a link or an outcome with it. Any other group keeps its members.
insert into affected
select moving.record
from moving
union
select other.record
from moving
inner join reference as mine on moving.record = mine.record
inner join reference as other on mine.norm = other.norm and mine.scheme = other.scheme
where mine.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
union
select link.other
from moving
inner join link on moving.record = link.record
union
select link.record
from moving
inner join link on moving.record = link.other
union
select record_key(outcome.about_type, flow.source, outcome.about_id)
from moving
inner join ledger on moving.record = ledger.record
inner join outcome on ledger.content = outcome.content
inner join flow on outcome.flow = flow.key
union
select outcome.record
from moving
inner join ledger on moving.record = ledger.record
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
