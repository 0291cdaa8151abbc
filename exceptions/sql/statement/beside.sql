-- What stands beside the sums: lines refused in the period, and returns accepted in it that no order prices.
select
    (
        select count(*) from rejected_line
        where arrived_at >= %(since)s and arrived_at < %(until)s
    ) as rejected,
    (
        select count(*) from return_account
        where
            received_at >= %(since)s
            and received_at < %(until)s
            and expected is null
            and (currency = %(currency)s or currency is null)
    ) as unpriced
