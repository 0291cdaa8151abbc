-- What groups contribute to sums over many groups, and the lines that were refused: of the keys in scope, or all.
insert into current_word
select unmapped_word.*
from unmapped_word
where %(everything)s
union all
select unmapped_word.*
from (
    select distinct
        of,
        system,
        raw
    from scope_word
) as word
inner join unmapped_word on word.system = unmapped_word.system and word.raw = unmapped_word.raw
where word.of = unmapped_word.of;
insert into current_drift
select return_drift.*
from return_drift
where %(everything)s
union all
select return_drift.*
from (
    select distinct
        customer_key,
        currency,
        month
    from scope_drift
) as due
inner join return_drift
    on due.customer_key = return_drift.customer_key and due.currency = return_drift.currency
where due.month = return_drift.month;
insert into refused
select rejected_line.sha256
from rejected_line
where %(everything)s
union all
select scope_refused.sha256
from scope_refused
