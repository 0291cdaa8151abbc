-- Since when each record that the evidence of an exception names has said what it says: {"order:shop:1": instant}. It
-- stands within a SELECT of cases.
select jsonb_object_agg(named.who, ledger.changed_at)
from (
    select piece.value ->> 'expected_from' as who
    from jsonb_array_elements(exception_case.evidence) as piece -- noqa: RF01
    union
    select piece.value ->> 'actual_from'
    from jsonb_array_elements(exception_case.evidence) as piece -- noqa: RF01
) as named
inner join ledger
    on
        ledger.record = record_key(
            split_part(named.who, ':', 1),
            split_part(named.who, ':', 2),
            substr(named.who, length(split_part(named.who, ':', 1)) + length(split_part(named.who, ':', 2)) + 3)
        )
where
    ledger.until is null
    and split_part(named.who, ':', 1) in (
        'order', 'fulfilment', 'return', 'credit', 'stock_level', 'stock_movement', 'product', 'outcome'
    )
