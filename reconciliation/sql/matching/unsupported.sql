-- Of several lines of one SKU in a credit those of the worst tier speak. What was credited before history began is not
-- raised, unless it names no customer.
insert into unsupported_line
with judged as (
    select
        claim.*,
        tier.tier,
        tier.largest,
        tier.nearest_price,
        tier.sale,
        array_position(array['no customer', 'none', 'quantity', 'price'], tier.tier) as worst,
        min(array_position(array['no customer', 'none', 'quantity', 'price'], tier.tier))
            over (partition by claim.record, claim.sku) as worst_of_sku
    from claim_line as claim
    inner join claim_tier as tier on claim.record = tier.record and claim.position = tier.position
    where
        exists (
            select from first_sent
            inner join system on first_sent.system = system.key
            where first_sent.type = 'order' and 'order' = any(system.authority) and first_sent.at <= %(as_of)s
        )
)

select
    record,
    system,
    id,
    realm,
    issued_at,
    changed_at,
    currency,
    customer_id,
    customer_key,
    position,
    sku,
    sku_key,
    quantity,
    price,
    net,
    before_history,
    tier,
    largest,
    nearest_price,
    sale
from judged
where worst = worst_of_sku and (tier = 'no customer' or not before_history);
analyze unsupported_line;
