-- What each SKU of a return or a credit weighs in its record's value.
select
    return_record as record,
    sku,
    null as reason,
    value as weight
from return_account_line
where return_record = any(%(records)s) and value > 0
union all
select
    credit_record,
    sku,
    reason,
    amount
from credit_account_line
where credit_record = any(%(records)s) and amount > 0
