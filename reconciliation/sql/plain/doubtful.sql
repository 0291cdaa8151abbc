-- What is not plain after all.
delete from plain_group
using doubtful_group
where plain_group.group_key = doubtful_group.group_key;
analyze plain_group
