-- A line that was refused and that no good line of the same record has replaced since (checks.md, *Sync*).
select
    concat('rejected:', coalesce(line.system, '-'), ':', left(encode(line.sha256, 'hex'), 12)) as subject,
    '' as leg,
    null::uuid as record,
    null::uuid as other,
    null::uuid as return_record,
    null::uuid as group_key,
    left(encode(line.sha256, 'hex'), 12) as shard,
    null::text as sku,
    null::numeric as amount,
    null::text as currency,
    coalesce(line.at, line.arrived_at) as age_from,
    coalesce(line.at, 'epoch') as ripe_at,
    null::timestamptz as expires_at,
    concat(
        case when left(line.type, 1) = 'o' then 'An ' else 'A ' end, coalesce(replace(line.type, '_', ' '), 'line'),
        coalesce(' ' || line.record_id, ''), ' from ',
        coalesce(nullif(system.name, ''), line.system, 'an unknown system'), ' was refused: ', line.reason
    ) as title,
    array_remove(array[system.key], null) as systems,
    jsonb_build_array(
        evidence(
            coalesce(line.field, 'line'), 'as agreed', 'the contract', concat(line.code, ': ', line.reason),
            concat_ws(', line ', nullif(line.source, ''), line.line_number)
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from refused
inner join rejected_line as line on refused.sha256 = line.sha256
left join system on line.system = system.key
where
    not exists (
        select from ledger
        where
            ledger.record = record_key(line.type, line.system, line.record_id)
            and ledger.at <= %(as_of)s
            and case when line.at is null then ledger.arrived_at > line.arrived_at else ledger.at >= line.at end
    )
