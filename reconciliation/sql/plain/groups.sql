-- Groups of one order that all systems tell alike: it fits in each, and no copy has other goods, prices, customers or
-- money than the authority's.
insert into plain_group
select
    told.group_key,
    told.systems,
    told.goods,
    told.record,
    told.customer_key,
    told.currency,
    told.placed_at,
    told.net_goods
from plain_copy as told
where
    told.authority
    and told.fits
    and not exists (
        select from plain_copy as other
        where
            other.group_key = told.group_key
            and (
                not other.fits
                or (other.goods, other.worth, other.status, other.currency, other.customer_key, other.net_goods)
                is distinct from (told.goods, told.worth, told.status, told.currency, told.customer_key, told.net_goods)
            )
    );
analyze plain_group
