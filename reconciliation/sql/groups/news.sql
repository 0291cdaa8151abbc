-- The records whose word may have changed between two moments: new lines, and versions that came into force.
insert into news
select touched.record
from touched
union
select ledger.record
from ledger
where ledger.at > %(since)s and ledger.at <= %(as_of)s;
analyze news
