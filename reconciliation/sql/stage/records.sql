-- The current version of every record in scope, in the order in which contents are looked up.
insert into current_record
select
    scope_member.group_key,
    ledger.record,
    ledger.type,
    ledger.system,
    ledger.id,
    coalesce(ledger.realm, system.realm),
    ledger.at,
    ledger.changed_at,
    ledger.content
from scope_member
inner join ledger on scope_member.record = ledger.record
inner join system on ledger.system = system.key
where
    ledger.at <= %(as_of)s
    and (ledger.until is null or ledger.until > %(as_of)s)
    and ledger.content is not null
order by ledger.content;
analyze current_record;
