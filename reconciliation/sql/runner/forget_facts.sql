-- A run over everything: what groups that are no more once contributed.
delete from return_drift
where not exists (
    select from member
    where member.group_key = return_drift.group_key
);
delete from open_demand
where not exists (
    select from member
    where member.group_key = open_demand.group_key
);
delete from unmapped_word
where not exists (
    select from member
    where member.group_key = unmapped_word.group_key
);
delete from return_account
where not exists (
    select from member
    where member.group_key = return_account.group_key
);
delete from return_account_line
where not exists (
    select from member
    where member.group_key = return_account_line.group_key
);
delete from credit_account
where not exists (
    select from member
    where member.group_key = credit_account.group_key
);
delete from credit_account_line
where not exists (
    select from member
    where member.group_key = credit_account_line.group_key
);
delete from order_account
where not exists (
    select from member
    where member.group_key = order_account.group_key
)
