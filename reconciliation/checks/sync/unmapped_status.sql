-- A status that no mapping knows (checks.md, *Sync*).
select
    concat('status:', word.system, ':', word.of, ':', word.raw) as subject,
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
        ' says ',
        word.raw,
        ' for ',
        word.of,
        ', which no mapping knows (',
        count(*),
        ' records)'
    ) as title,
    array[word.system] as systems,
    jsonb_build_array(
        evidence(
            word.of, 'a mapped status', 'the mappings', word.raw, word.system
        ),
        evidence(
            'records', null, null, count(*)::text, word.system
        )
    ) as evidence,
    '[]'::jsonb as suggestions
from current_word as word
inner join system on word.system = system.key
where word.of <> 'reason'
group by word.system, word.of, word.raw, system.name, system.key
