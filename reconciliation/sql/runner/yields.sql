-- One cause, one exception: a candidate of this kind gives way to one of the more telling kind that is itself raised.
update candidate as lesser
set state = 'yielded', yields_to = greater.kind, yields_to_subject = greater.subject
from candidate as greater
where
    lesser.kind = %(kind)s
    and lesser.state in ('raised', 'unripe')
    and greater.kind = %(to)s
    and greater.state in ('raised', 'swallowed')
    and lesser.space = greater.space
    and lesser.shard = greater.shard
    and case %(on)s
        when 'subject' then lesser.subject = greater.subject
        when 'leg' then lesser.record = greater.record and lesser.leg = greater.leg
        when 'group_leg' then lesser.leg = greater.leg
        when 'record' then lesser.record = greater.record
        when 'either' then greater.record in (lesser.record, lesser.other)
        when 'either_leg'
            then greater.leg = lesser.leg and (greater.record in (lesser.record, lesser.other))
        when 'either_of_both'
            then greater.record in (lesser.record, lesser.other) or greater.other in (lesser.record, lesser.other)
        when 'return' then lesser.return_record = greater.return_record
        when 'return_sku' then lesser.return_record = greater.return_record and lesser.sku = greater.sku
        when 'sku' then lesser.sku = greater.sku
        when 'group' then true
    end
