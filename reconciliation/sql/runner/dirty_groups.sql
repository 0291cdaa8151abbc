-- Groups that must be examined again: those the news touched, those whose findings time alone makes due, those whose
-- lines hold a sku of which the catalogues say something new, and those of other copies of the credits beside the news.
insert into dirty_group
select member.group_key
from news
inner join member on news.record = member.record
union
select finding.group_key
from finding
where
    finding.space = 'group'
    and ((finding.state = 'unripe' and finding.ripe_at <= %(as_of)s) or finding.expires_at <= %(as_of)s)
union
select copy.group_key
from dirty_group
inner join member on dirty_group.group_key = member.group_key
inner join reference as mine on member.record = mine.record
inner join reference as other on mine.norm = other.norm and mine.scheme = other.scheme
inner join member as copy on other.record = copy.record
where mine.scheme = 'credit_number'
union
select member.group_key
from dirty_sku
inner join (
    select
        sku,
        record
    from order_line
    union all
    select
        sku,
        record
    from fulfilment_line
    union all
    select
        sku,
        record
    from return_line
    union all
    select
        sku,
        record
    from credit_line
    union all
    select
        sku,
        record
    from stock_movement
) as line on dirty_sku.sku = line.sku
inner join member on line.record = member.record
