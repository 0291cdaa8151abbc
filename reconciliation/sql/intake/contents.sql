-- What each content says. A content that is known already says the same: its rows stay.
insert into reference select * from incoming_reference
order by content, scheme on conflict do nothing;
insert into order_content select * from incoming_order_content
order by content on conflict do nothing;
insert into order_line select * from incoming_order_line
order by content, position on conflict do nothing;
insert into fulfilment_content select * from incoming_fulfilment_content
order by content on conflict do nothing;
insert into fulfilment_line select * from incoming_fulfilment_line
order by content, position on conflict do nothing;
insert into return_content select * from incoming_return_content
order by content on conflict do nothing;
insert into return_line select * from incoming_return_line
order by content, position on conflict do nothing;
insert into credit_content select * from incoming_credit_content
order by content on conflict do nothing;
insert into credit_line select * from incoming_credit_line
order by content, position on conflict do nothing;
insert into stock_level select * from incoming_stock_level
order by content on conflict do nothing;
insert into stock_movement select * from incoming_stock_movement
order by content on conflict do nothing;
insert into product select * from incoming_product
order by content on conflict do nothing;
insert into outcome select * from incoming_outcome
order by content on conflict do nothing;
insert into rejected_line select * from incoming_rejected_line
order by sha256 on conflict do nothing;
