-- What each content says. A content that is known already says the same: its rows stay. Whoever else brings it speaks
-- of the same record, and waited at its mark (touch.sql).
insert into reference select * from incoming_reference on conflict do nothing;
insert into order_content select * from incoming_order_content on conflict do nothing;
insert into order_line select * from incoming_order_line on conflict do nothing;
insert into fulfilment_content select * from incoming_fulfilment_content on conflict do nothing;
insert into fulfilment_line select * from incoming_fulfilment_line on conflict do nothing;
insert into return_content select * from incoming_return_content on conflict do nothing;
insert into return_line select * from incoming_return_line on conflict do nothing;
insert into credit_content select * from incoming_credit_content on conflict do nothing;
insert into credit_line select * from incoming_credit_line on conflict do nothing;
insert into stock_level select * from incoming_stock_level on conflict do nothing;
insert into stock_movement select * from incoming_stock_movement on conflict do nothing;
insert into product select * from incoming_product on conflict do nothing;
insert into outcome select * from incoming_outcome on conflict do nothing;
insert into rejected_line select * from incoming_rejected_line on conflict do nothing;
