-- A slice of a run over everything: what groups that are no more once contributed.
delete from return_drift
where
    (%(first)s::uuid is null or return_drift.group_key >= %(first)s)
    and (%(until)s::uuid is null or return_drift.group_key < %(until)s)
    and not exists (
        select from scope_group
        where scope_group.group_key = return_drift.group_key
    );
delete from open_demand
where
    (%(first)s::uuid is null or open_demand.group_key >= %(first)s)
    and (%(until)s::uuid is null or open_demand.group_key < %(until)s)
    and not exists (
        select from scope_group
        where scope_group.group_key = open_demand.group_key
    );
delete from unmapped_word
where
    (%(first)s::uuid is null or unmapped_word.group_key >= %(first)s)
    and (%(until)s::uuid is null or unmapped_word.group_key < %(until)s)
    and not exists (
        select from scope_group
        where scope_group.group_key = unmapped_word.group_key
    );
delete from return_account
where
    (%(first)s::uuid is null or return_account.group_key >= %(first)s)
    and (%(until)s::uuid is null or return_account.group_key < %(until)s)
    and not exists (
        select from scope_group
        where scope_group.group_key = return_account.group_key
    );
delete from return_account_line
where
    (%(first)s::uuid is null or return_account_line.group_key >= %(first)s)
    and (%(until)s::uuid is null or return_account_line.group_key < %(until)s)
    and not exists (
        select from scope_group
        where scope_group.group_key = return_account_line.group_key
    );
delete from credit_account
where
    (%(first)s::uuid is null or credit_account.group_key >= %(first)s)
    and (%(until)s::uuid is null or credit_account.group_key < %(until)s)
    and not exists (
        select from scope_group
        where scope_group.group_key = credit_account.group_key
    );
delete from credit_account_line
where
    (%(first)s::uuid is null or credit_account_line.group_key >= %(first)s)
    and (%(until)s::uuid is null or credit_account_line.group_key < %(until)s)
    and not exists (
        select from scope_group
        where scope_group.group_key = credit_account_line.group_key
    );
delete from order_account
where
    (%(first)s::uuid is null or order_account.group_key >= %(first)s)
    and (%(until)s::uuid is null or order_account.group_key < %(until)s)
    and not exists (
        select from scope_group
        where scope_group.group_key = order_account.group_key
    )
