-- An amount as people read it: rounded half up to the minor unit, with thousands and the currency's sign or code.
create function money(amount numeric, currency text) returns text
language sql immutable parallel safe
return case currency when 'GBP' then '£' when 'EUR' then '€' when 'USD' then '$' else coalesce(currency || ' ', '') end
|| trim(
    to_char(
        round(amount, minor_units(currency)),
        case minor_units(currency)
            when 0 then 'FM999,999,999,999,999,990' when 3 then 'FM999,999,999,999,999,990.000'
            when 4 then 'FM999,999,999,999,999,990.0000' else 'FM999,999,999,999,999,990.00'
        end
    )
);
