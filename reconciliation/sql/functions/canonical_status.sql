-- The canonical word for a raw one: the topology's mapping first, then the canonical words themselves; null when
-- neither knows it. `of` is a record type, `payment.method` or `payment.status`.
create function canonical_status(of text, mapped text, raw text) returns text
language sql immutable parallel safe
return case
    when mapped is not null then mapped
    when lower(btrim(raw)) = any(
        case of
            when 'order' then array['open', 'released', 'part_fulfilled', 'fulfilled', 'cancelled', 'closed']
            when 'payment.method' then array['on_account', 'card', 'bank_transfer', 'other']
            when 'payment.status'
                then array['pending', 'authorised', 'paid', 'part_refunded', 'refunded', 'void', 'failed']
            when 'fulfilment' then array['pending', 'dispatched', 'cancelled']
            when 'return'
                then array[
                    'requested', 'authorised', 'rejected', 'in_transit', 'received', 'inspected', 'closed', 'cancelled'
                ]
            when 'credit' then array['draft', 'issued', 'applied', 'failed', 'void']
        end
    ) then lower(btrim(raw))
    when
        of = 'payment.method'
        and translate(lower(raw), ' _-', '') in ('onaccount', 'payonaccount', 'invoice', 'netterms')
        then 'on_account'
end;
