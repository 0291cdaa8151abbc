-- The tier of each line (matching.md): the first rule that some sale fits; of several sales the latest before the
-- credit wins, and the next is kept as the runner-up. Exceptions name the sale whose price or quantity they tell: that
-- of the nearest price, or the largest.
insert into claim_tier
with fit as (
    select
        claim.record,
        claim.position,
        claim.quantity,
        claim.price,
        sale.quantity as sold,
        sale.price as sale_price,
        case
            when claim.price is null and sale.quantity = claim.quantity then 1
            when claim.price is null and sale.quantity > claim.quantity then 2
            when round(sale.price - claim.price, 12) = 0 and sale.quantity = claim.quantity then 1
            when round(sale.price - claim.price, 12) = 0 and sale.quantity > claim.quantity then 2
            when sale.quantity >= claim.quantity then 3
            else 4
        end as rank,
        sale.record as sale_record,
        sale.position as sale_position,
        concat_ws(':', 'order', sale.system, sale.id) as sale,
        row_number() over latest_first as latest
    from claim_line as claim
    inner join sale_line as sale on claim.customer_key = sale.customer_key and claim.sku_key = sale.sku_key
    where
        sale.placed_at < claim.issued_at
        and (sale.realm = claim.realm or '' in (sale.realm, claim.realm))
        and (sale.currency = claim.currency or sale.currency is null)
    window
        latest_first as (
            partition by claim.record, claim.position order by sale.placed_at desc, sale.id desc, sale.position desc
        )
),

ranked as (
    select
        fit.*,
        min(fit.rank) over (partition by fit.record, fit.position) as best_rank
    from fit
),

best as (
    select
        record,
        position,
        best_rank,
        count(*) as sales,
        max(sold) as largest,
        array_agg(
            sale order by case best_rank when 3 then abs(sale_price - price) when 4 then -sold end, latest
        ) filter (where rank = best_rank) as tellers,
        array_agg(sale_record order by latest) filter (where rank = best_rank) as records,
        array_agg(sale_position order by latest) filter (where rank = best_rank) as positions,
        array_agg(sale_price order by abs(sale_price - price), latest)
        filter (where rank = 3 and best_rank = 3 and sale_price is not null) as prices
    from ranked
    group by record, position, best_rank
)

select
    claim.record,
    claim.position,
    case
        when claim.customer_key is null then 'no customer'
        else coalesce((array['exact', 'partial', 'price', 'quantity'])[best.best_rank], 'none')
    end,
    coalesce(best.sales, 0),
    best.largest,
    best.prices[1],
    best.tellers[1],
    best.records[1],
    best.positions[1],
    best.records[2],
    best.positions[2]
from claim_line as claim
left join best on claim.record = best.record and claim.position = best.position;
analyze claim_tier;
