-- Some of the payloads that arrived before a moment and that nothing open is about: what they were is said instead.
-- The row's key, made from the line as it came, still proves which line it was; the typed facts are rows of their own.
with old as (
    select version.version
    from version
    where
        version.arrived_at < %(before)s
        and not starts_with(version.raw, %(removed)s)
        and version.record not in (
            select finding.record
            from finding
            where finding.record is not null
        )
        and version.record not in (
            select finding.other
            from finding
            where finding.other is not null
        )
        and not exists (
            select from member
            inner join finding on member.group_key = finding.group_key
            where member.record = version.record
        )
    limit %(most)s
    for update skip locked
)

update version
set raw = %(instead)s
from old
where version.version = old.version
