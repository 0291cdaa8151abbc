-- The fulfilments in scope; `dispatched` counts where a source system of a fulfilment flow says so.
insert into current_fulfilment
select
    current_record.group_key,
    current_record.record,
    current_record.system,
    current_record.id,
    current_record.changed_at,
    said.status,
    coalesce(content.shipped_at, current_record.at),
    coalesce(said.status = 'dispatched', false)
    and (
        current_record.system in (
            select leg.source from leg
            where leg.record = 'fulfilment'
        )
        or not exists (
            select from leg
            where leg.record = 'fulfilment'
        )
    )
from current_record
inner join fulfilment_content as content on current_record.content = content.content
left join status_mapping as mapped
    on
        current_record.system = mapped.system
        and mapped.of = 'fulfilment'
        and mapped.raw_key = lower(content.status collate "default")
cross join lateral (select canonical_status('fulfilment', mapped.canonical, content.status) as status) as said
where current_record.type = 'fulfilment';
analyze current_fulfilment;

insert into dispatched_item
select
    current_item.group_key,
    current_item.sku,
    sum(current_item.quantity)
from current_fulfilment
inner join current_item on current_fulfilment.record = current_item.record
where current_fulfilment.dispatched
group by current_item.group_key, current_item.sku;
analyze dispatched_item;
