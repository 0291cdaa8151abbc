insert into affected
select distinct ledger.record
from ledger;
analyze affected
