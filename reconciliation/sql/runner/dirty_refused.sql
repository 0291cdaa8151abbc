-- Lines that were refused, and those that news may have made good.
insert into scope_refused (sha256)
select rejected_line.sha256
from news
inner join rejected_line
    on
        rejected_line.sha256 >= uuid_send(news.record)
        and rejected_line.sha256 <= uuid_send(news.record) || '\xffffffffffffffffffffffffffffffff'
union
select rejected_line.sha256
from news
inner join ledger on news.record = ledger.record
inner join rejected_line
    on
        ledger.type = rejected_line.type
        and ledger.system = rejected_line.system
        and ledger.id = rejected_line.record_id
union
select rejected_line.sha256
from finding
inner join rejected_line
    on
        rejected_line.sha256 >= decode(finding.shard, 'hex')
        and rejected_line.sha256
        <= decode(finding.shard, 'hex') || '\xffffffffffffffffffffffffffffffffffffffffffffffffffff'
where finding.kind = 'rejected_record' and finding.state = 'unripe' and finding.ripe_at <= %(as_of)s
