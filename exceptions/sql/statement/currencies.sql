-- The currencies in which anything was sold, returned or credited in the period.
select currency from return_account
where received_at >= %(since)s and received_at < %(until)s and currency is not null
union
select currency from credit_account
where issued_at >= %(since)s and issued_at < %(until)s and currency is not null
union
select currency from order_account
where placed_at >= %(since)s and placed_at < %(until)s and currency is not null
order by currency
