-- The flows with the defaults of contract.md and checks.md filled in.
insert into leg
select
    flow.key,
    flow.record,
    flow.source,
    flow.target,
    target.kind,
    coalesce(nullif(source.name, ''), source.key),
    coalesce(nullif(target.name, ''), target.key),
    flow.cadence,
    flow.grace,
    flow.within,
    coalesce(
        flow.compare,
        case flow.record
            when 'order' then array['status', 'lines', 'price', 'total']
            when 'return' then array['status', 'reason']
            else array[]::text[]
        end
    ),
    coalesce(flow.tolerance_amount, 0.01),
    coalesce(flow.tolerance_quantity, 0),
    coalesce(
        flow.same,
        case flow.record when 'order' then '[["open", "released"], ["fulfilled", "closed"]]' else '[]' end::jsonb
    ),
    flow."only"
from flow
inner join system as source on flow.source = source.key
inner join system as target on flow.target = target.key;
analyze leg;
