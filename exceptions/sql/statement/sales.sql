select
    count(*),
    coalesce(sum(amount), 0)
from order_account
where placed_at >= %(since)s and placed_at < %(until)s and currency = %(currency)s
