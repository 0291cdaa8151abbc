-- Those of which a system that their order goes to holds no copy.
insert into doubtful_group
select plain_group.group_key
from plain_group
inner join leg on leg.record = 'order'
inner join numbered_system as source on leg.source = source.system and plain_group.systems & source.bit <> 0
left join numbered_system as target on leg.target = target.system and plain_group.systems & target.bit <> 0
where target.system is null
