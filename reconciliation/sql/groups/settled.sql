-- News of what carries the same references as when it was last grouped: it stays where it is. What is linked, or was
-- ever told in another realm, is looked at like all else.
insert into settled (record, type, group_key, system, content)
select
    member.record,
    member.type,
    member.group_key,
    member.system,
    told.content
from news
inner join member on news.record = member.record
inner join ledger as told on news.record = told.record
where
    not member.attached
    and told.content is not null
    and told.at <= %(as_of)s
    and (told.until is null or told.until > %(as_of)s)
    and not exists (
        select from ledger as other
        where other.record = told.record and other.realm is distinct from told.realm
    )
    and not exists (
        select from link
        where link.record = news.record
    )
    and not exists (
        select from link
        where link.other = news.record
    )
    and (
        told.content = member.content
        or (
            select array_agg(array[mine.scheme, mine.norm] order by mine.scheme)
            from reference as mine
            where
                mine.content = told.content
                and mine.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
        ) is not distinct from (
            select array_agg(array[before.scheme, before.norm] order by before.scheme)
            from reference as before
            where
                before.content = member.content
                and before.scheme in ('ecommerce_order', 'sales_order', 'order_number', 'rma')
        )
    );
analyze settled;

insert into moving
select news.record
from news
where
    not exists (
        select from settled
        where settled.record = news.record
    );
analyze moving
