-- Groups of one order that all systems tell alike: one copy in each, one of them the authority's, and none of the
-- others with other goods, prices, customers or money.
insert into plain_group
with fitting as (
    select
        group_key,
        bit_or(bit) as systems
    from plain_copy
    group by group_key
    having
        bool_and(fits)
        and bit_count(bit_or(bit)::bit(64)) = count(bit)
        and count(*) = count(bit)
        and count(*) filter (where authority) = 1
)

select
    told.group_key,
    fitting.systems,
    told.goods,
    told.record,
    told.customer_key,
    told.currency,
    told.placed_at,
    told.net_goods
from fitting
inner join plain_copy as told on fitting.group_key = told.group_key and told.authority
where
    not exists (
        select from plain_copy as other
        where
            other.group_key = told.group_key
            and (other.goods, other.worth, other.status, other.currency, other.customer_key, other.net_goods)
            is distinct from (told.goods, told.worth, told.status, told.currency, told.customer_key, told.net_goods)
    );
analyze plain_group
