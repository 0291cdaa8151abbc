-- Of these, what is not plain after all: a copy is missing, other goods went out, the integration reports anything but
-- a success that came true, or a reference is missing that a system requires.
insert into doubtful_group
select plain_group.group_key
from plain_group
inner join leg on leg.record = 'order'
inner join numbered_system as source on leg.source = source.system and plain_group.systems & source.bit <> 0
left join numbered_system as target on leg.target = target.system and plain_group.systems & target.bit <> 0
where target.system is null;

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
where sent.group_key is null;

insert into doubtful_group
select plain_group.group_key
from plain_group
inner join plain_member on plain_group.group_key = plain_member.group_key and plain_member.type = 'outcome'
inner join outcome on plain_member.content = outcome.content
left join leg on outcome.flow = leg.flow
left join numbered_system as target on leg.target = target.system
where
    (
        outcome.result = 'success'
        and leg.record = 'order'
        and case
            when outcome.target_id is null then plain_group.systems & target.bit <> 0
            else record_key('order', leg.target, outcome.target_id) = any(plain_group.records)
        end
    ) is not true;

insert into doubtful_group
select plain_group.group_key
from plain_group
inner join plain_member on plain_group.group_key = plain_member.group_key
inner join required_reference as needed
    on
        plain_member.system = needed.system
        and plain_member.type = needed.type
left join lateral (
    -- there is one at most; the limit has it looked up rather than every reference read
    select reference.norm
    from reference
    where
        plain_member.content = reference.content
        and needed.scheme = reference.scheme
        and reference.norm not in (select ignored_reference.value from ignored_reference)
    limit 1
) as stated on true
group by plain_group.group_key, needed.scheme
having
    count(stated.norm) < count(*)
    or (needed.scheme = 'purchase_order' and min(stated.norm) < max(stated.norm));
delete from plain_group
using doubtful_group
where plain_group.group_key = doubtful_group.group_key;
analyze plain_group
