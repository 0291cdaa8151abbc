-- A reason for returning that the table of its system does not know (checks.md, *Returns*).
select
    concat('reason:', word.system, ':', word.raw) as subject,
    '' as leg,
    null::uuid as record,
    null::uuid as other,
    null::uuid as return_record,
    null::uuid as group_key,
    concat(word.system, ':', word.of, ':', word.raw) as shard,
    null::text as sku,
    null::numeric as amount,
    null::text as currency,
    min(word.changed_at) as age_from,
    min(word.changed_at) as ripe_at,
    null::timestamptz as expires_at,
    concat(
        coalesce(nullif(system.name, ''), system.key),
        ' uses the reason ',
        word.raw,
        ', which no table maps (',
        count(*),
        case when count(*) = 1 then ' line)' else ' lines)' end
    ) as title,
    array[word.system] as systems,
    jsonb_build_array(
        evidence(
            'reason_code',
            'a reason in the table of ' || coalesce(nullif(system.name, ''), system.key),
            'reason_codes:' || word.system,
            word.raw,
            min(concat('return:', word.system, ':', returned.id))
        ),
        evidence(
            'lines', null, null, count(*)::text, word.system
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_word as word
inner join system on word.system = system.key
inner join lateral (
    select ledger.id
    from ledger
    where ledger.record = word.record
    limit 1
) as returned on true
where word.of = 'reason'
group by word.system, word.of, word.raw, system.name, system.key
