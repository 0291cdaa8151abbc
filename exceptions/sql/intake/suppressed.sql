-- What a suppression in force keeps out of the queue.
update told
set suppressed = true
from suppression
where
    told.raised
    and suppression.kind = told.kind
    and suppression.undone_at is null
    and suppression.ends_at > %(at)s
    and (suppression.subject is null or suppression.subject = told.subject)
    and (suppression.customer is null or suppression.customer = told.customer)
    and (suppression.sku is null or suppression.sku = told.sku)
