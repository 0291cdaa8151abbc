-- Those of which the integration reports anything but a success that came true.
insert into doubtful_group
select told.group_key
from (
    select
        plain_group.group_key,
        plain_group.systems,
        outcome.result,
        outcome.target_id,
        leg.record,
        target.bit,
        came.true_as
    from plain_group
    inner join plain_member on plain_group.group_key = plain_member.group_key and plain_member.type = 'outcome'
    inner join outcome on plain_member.content = outcome.content
    left join leg on outcome.flow = leg.flow
    left join numbered_system as target on leg.target = target.system
    cross join
        lateral (
            -- the limit has it worked out once
            select record_key('order', leg.target, outcome.target_id) as true_as
            limit 1
        ) as came
) as told
left join plain_copy as copy on told.group_key = copy.group_key and told.true_as = copy.record
where
    (
        told.result = 'success'
        and told.record = 'order'
        and case when told.target_id is null then told.systems & told.bit <> 0 else copy.record is not null end
    ) is not true
