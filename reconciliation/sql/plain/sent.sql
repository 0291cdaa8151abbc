-- Those of which other goods went out than were ordered.
insert into doubtful_group
select plain_group.group_key
from plain_group
left join (
    select
        plain_member.group_key,
        content.goods
    from plain_member
    inner join fulfilment_content as content on plain_member.content = content.content
    left join status_mapping as mapped
        on
            plain_member.system = mapped.system
            and mapped.of = 'fulfilment'
            and mapped.raw_key = lower(content.status collate "default")
    where
        plain_member.type = 'fulfilment'
        and canonical_status('fulfilment', mapped.canonical, content.status) = 'dispatched'
        and (
            plain_member.system in (
                select leg.source from leg
                where leg.record = 'fulfilment'
            )
            or not exists (
                select from leg
                where leg.record = 'fulfilment'
            )
        )
) as sent on plain_group.group_key = sent.group_key and plain_group.goods = sent.goods
where sent.group_key is null
