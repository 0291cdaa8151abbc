-- Runs one check and keeps what it finds as candidates. The currency of an unknown amount is unknown. Prices are
-- quotients with at least 30 decimals: what such an error moved below a half comes back before the half goes up. What
-- is added up, over several flows or in what a silent flow swallows, is rounded as a sum.
insert into candidate (
    kind, space, subject, leg, record, other, return_record, group_key, shard, sku, amount, currency, age_from,
    ripe_at, expires_at, title, systems, evidence, suggestions
)
select
    {kind},
    {space},
    found.subject,
    found.leg,
    found.record,
    found.other,
    found.return_record,
    found.group_key,
    found.shard,
    found.sku,
    round(round(abs(found.amount), 18), case when %(added_up)s then 18 else minor_units(found.currency) end),
    case when found.amount is not null then found.currency end,
    found.age_from,
    found.ripe_at,
    found.expires_at,
    found.title,
    found.systems,
    found.evidence,
    found.suggestions
from ({check}) as found
