-- Cases that still speak for a merged one, or for one that was merged into that: its disagreement is found.
with recursive spoken as (
    select child.merged_into_id as id
    from exception_case as child
    inner join finding on child.kind = finding.kind and child.subject = finding.subject and finding.state = 'raised'
    where
        child.state = 'merged'
        and child.frozen_in is null
        and not exists (
            select from told
            where told.kind = child.kind and told.subject = child.subject and told.suppressed
        )
    union
    select child.merged_into_id
    from spoken
    inner join exception_case as child on spoken.id = child.id
    where child.state = 'merged'
)

insert into speaking
select id from spoken
