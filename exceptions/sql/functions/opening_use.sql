-- What has come in of the signed opening balance: credits that carry the rma of a return received before go-live, and
-- returns that carry the rma of a credit outstanding since then.
create function opening_use()
returns table (item bigint, record uuid, currency text, amount numeric, at timestamptz)
language sql stable as $$
    (
        select distinct on (credit.credit_record)
            opened.id, credit.credit_record, credit.currency, credit.amount, credit.issued_at
        from opening_item as opened
        inner join reference as rma on rma.scheme = 'rma' and opened.reference = rma.norm
        inner join ledger on rma.record = ledger.record and rma.content = ledger.content and ledger.until is null
        inner join credit_account as credit on rma.record = credit.credit_record
        where
            opened.signed_at is not null
            and opened.amount > 0
            and opened.currency = credit.currency
            and credit.reason = 'return'
            and credit.return_record is null
        order by credit.credit_record asc, opened.id asc
    )
    union all
    (
        select distinct on (back.return_record)
            opened.id, back.return_record, back.currency, least(-opened.amount, back.expected), back.received_at
        from opening_item as opened
        inner join reference as rma on rma.scheme = 'rma' and opened.reference = rma.norm
        inner join ledger on rma.record = ledger.record and rma.content = ledger.content and ledger.until is null
        inner join return_account as back on rma.record = back.return_record
        where
            opened.signed_at is not null
            and opened.amount < 0
            and opened.currency = back.currency
            and back.expected > 0
            and back.received_at is not null
        order by back.return_record asc, opened.id asc
    )
$$;
