-- The lines of the SKU that an exception about a credit without a reference is of, as they were matched. It stands
-- within a SELECT of cases.
select jsonb_agg(to_jsonb(credit_match) order by credit_match.position)
from credit_match
where
    exception_case.kind in ( -- noqa: RF01
        'unsupported_credit', 'unsupported_credit_price', 'unsupported_credit_quantity', 'over_credited'
    )
    and credit_match.credit_record = exception_case.record -- noqa: RF01
    and credit_match.sku = exception_case.sku -- noqa: RF01
