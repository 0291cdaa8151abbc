-- What news says of sales and of credits: the customer, the sku and whose words they are, of every version; also of the
-- credits that share a number with the news, since one copy speaks for them all.
insert into told_credit (record)
select news.record
from news
union
select other.record
from news
inner join reference as mine on news.record = mine.record
inner join reference as other on mine.norm = other.norm and mine.scheme = other.scheme
where mine.scheme = 'credit_number';
analyze told_credit;

insert into told_line (system, sku, customer_key)
select
    ledger.system,
    order_line.sku,
    content.customer_key
from news
inner join ledger on news.record = ledger.record
inner join order_content as content on ledger.content = content.content
inner join order_line on content.content = order_line.content
union
select
    ledger.system,
    credit_line.sku,
    content.customer_key
from told_credit
inner join ledger on told_credit.record = ledger.record
inner join credit_content as content on ledger.content = content.content
inner join credit_line on content.content = credit_line.content
union
select
    ledger.system,
    order_line.sku,
    content.customer_key
from dirty_sku
inner join order_line on dirty_sku.sku = order_line.sku
inner join order_content as content on order_line.content = content.content
inner join ledger on content.content = ledger.content
union
select
    ledger.system,
    credit_line.sku,
    content.customer_key
from dirty_sku
inner join credit_line on dirty_sku.sku = credit_line.sku
inner join credit_content as content on credit_line.content = content.content
inner join ledger on content.content = ledger.content;

truncate used_sku;
insert into used_sku
select distinct
    told_line.system,
    told_line.sku
from told_line;
analyze told_line, used_sku
