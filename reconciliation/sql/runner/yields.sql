-- One cause, one exception: a candidate of this kind gives way to one of the more telling kind that is itself raised;
-- of several, to the first by subject, so that every run names the same one.
with chosen as (
    select distinct on (lesser.ctid)
        lesser.ctid as id,
        greater.subject
    from candidate as lesser
    inner join candidate as greater
        on
            lesser.space = greater.space
            and lesser.shard = greater.shard
            and case %(ground)s
                when 'subject' then lesser.subject = greater.subject
                when 'record' then lesser.record = greater.record
                when 'either' then greater.record in (lesser.record, lesser.other)
                when 'either_or_return'
                    then greater.record in (lesser.record, lesser.other) or greater.return_record = lesser.other
                when 'leg' then lesser.record = greater.record and lesser.leg = greater.leg
                when 'group_leg' then lesser.leg = greater.leg
                when 'return' then lesser.return_record = greater.return_record
                when 'system' then lesser.systems && greater.systems
                when 'sku_system' then lesser.sku = greater.sku and lesser.systems && greater.systems
                when 'group' then true
            end
    where
        lesser.kind = %(kind)s
        and lesser.state in ('raised', 'unripe')
        and greater.kind = %(greater)s
        and greater.state in ('raised', 'swallowed')
    order by lesser.ctid, greater.subject
)

update candidate as lesser
set state = 'yielded', yields_to = %(greater)s, yields_to_subject = chosen.subject
from chosen
where lesser.ctid = chosen.id
