-- The SKUs of all catalogues between two folded names.
select
    product.sku,
    max(product.title) as title
from product
where folded(product.sku) collate "C" >= %(low)s and folded(product.sku) collate "C" < %(high)s
group by product.sku
order by product.sku
limit %(rows)s
