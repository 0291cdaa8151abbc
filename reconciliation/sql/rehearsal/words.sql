-- The groups that use the words that are mapped, of orders, payments, fulfilments, returns, credits and reasons.
insert into dirty_group
select unmapped_word.group_key
from unnest(%(of)s::text[], %(systems)s::text[], %(raws)s::text[]) as mapped (of, system, raw)
inner join unmapped_word
    on
        unmapped_word.system = mapped.system
        and (unmapped_word.of = mapped.of or (mapped.of = '' and unmapped_word.of = 'reason'))
where lower(unmapped_word.raw) = lower(mapped.raw)
