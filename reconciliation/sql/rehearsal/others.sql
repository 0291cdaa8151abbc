-- What groups that are not examined contribute to sums over many groups: of the keys in scope.
insert into open_demand
select kept.*
from public.open_demand as kept
where
    kept.sku in (
        select scope_shard.shard from scope_shard
        where scope_shard.space = 'sku'
    )
    and not exists (
        select from scope_group
        where scope_group.group_key = kept.group_key
    );
insert into return_drift
select kept.*
from (
    select distinct
        customer_key,
        currency,
        month
    from scope_drift
) as due
inner join public.return_drift as kept
    on due.customer_key = kept.customer_key and due.currency = kept.currency and due.month = kept.month
where
    not exists (
        select from scope_group
        where scope_group.group_key = kept.group_key
    );
insert into unmapped_word
select kept.*
from (
    select distinct
        of,
        system,
        raw
    from scope_word
) as word
inner join public.unmapped_word as kept
    on word.system = kept.system and word.raw = kept.raw and word.of = kept.of
where
    not exists (
        select from scope_group
        where scope_group.group_key = kept.group_key
    )
