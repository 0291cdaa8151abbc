-- What each line was matched to is kept: of the customers and SKUs in scope, or of all. Rows that say the same stay;
-- those of lines that are matched no more, or of another SKU now, go.
insert into matched (
    credit_record, position, customer_key, sku_key, sku, quantity, price, currency, tier, before_history, sales,
    reason, sale_record, sale_system, sale_id, sale_position, sale_at, sale_quantity, sale_price, runner_up_record,
    runner_up_system, runner_up_id, runner_up_position, runner_up_at, runner_up_quantity, runner_up_price
)
select
    claim.record,
    claim.position,
    claim.customer_key,
    claim.sku_key,
    claim.sku,
    claim.quantity,
    claim.price,
    claim.currency,
    tier.tier,
    claim.before_history,
    tier.sales,
    case
        when won.record is null then null
        when second.record is null then 'only'
        when won.placed_at > second.placed_at then 'latest'
        when won.id > second.id then 'order'
        else 'line'
    end,
    won.record,
    won.system,
    won.id,
    won.position,
    won.placed_at,
    won.quantity,
    won.price,
    second.record,
    second.system,
    second.id,
    second.position,
    second.placed_at,
    second.quantity,
    second.price
from claim_line as claim
inner join claim_tier as tier on claim.record = tier.record and claim.position = tier.position
left join sale_line as won
    on
        claim.customer_key = won.customer_key and claim.sku_key = won.sku_key
        and tier.sale_record = won.record and tier.sale_position = won.position
left join sale_line as second
    on
        claim.customer_key = second.customer_key and claim.sku_key = second.sku_key
        and tier.runner_up_record = second.record and tier.runner_up_position = second.position
where
    exists (
        select from first_sent
        inner join system on first_sent.system = system.key
        where first_sent.type = 'order' and 'order' = any(system.authority) and first_sent.at <= %(as_of)s
    );
analyze matched;

delete from credit_match
using matched
where
    matched.credit_record = credit_match.credit_record
    and matched.position = credit_match.position
    and row(matched.*) is distinct from row(credit_match.*);
delete from credit_match
where
    %(everything)s
    and not exists (
        select from matched
        where matched.credit_record = credit_match.credit_record and matched.position = credit_match.position
    );
delete from credit_match
using dirty_line
where
    not %(everything)s
    and dirty_line.sku_key = credit_match.sku_key
    and dirty_line.customer_key is not distinct from credit_match.customer_key
    and not exists (
        select from matched
        where matched.credit_record = credit_match.credit_record and matched.position = credit_match.position
    );
insert into credit_match
select matched.*
from matched
on conflict do nothing
