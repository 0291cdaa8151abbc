-- The shards of words, of customers' months and of refused lines, and their rows as far as they are in scope.
insert into scope_shard (space, shard)
select
    'rest',
    concat(scope_word.system, ':', scope_word.of, ':', scope_word.raw)
from scope_word
union
select
    'customer',
    concat_ws(':', scope_drift.customer_key, scope_drift.currency, to_char(scope_drift.month, 'YYYY-MM'))
from scope_drift
union
select
    'rest',
    left(encode(scope_refused.sha256, 'hex'), 12)
from scope_refused;
create index if not exists scope_shard_key on scope_shard (space, shard);
analyze scope_shard, scope_word, scope_drift, scope_refused
