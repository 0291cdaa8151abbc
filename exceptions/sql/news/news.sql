-- What of all that happened is worth a word at once, and of which sort; the rest is for the digests.
insert into told_news
select
    case
        when heard.move in ('assign', 'reassign') then 'assigned'
        when heard.move = 'propose' then 'approval'
        when heard.move = 'escalate' and (heard.details ->> 'level')::integer = 1 then 'due'
        when heard.move in ('escalate', 'unclaimed') then 'breached'
        else 'came_back'
    end,
    heard.case_id,
    heard.entry
from heard
inner join exception_case as known on heard.case_id = known.id
where
    known.closed_at is null
    and (
        heard.move in (
            'escalate', 'regress', 'return', 'exceed', 'fix_failed', 'write_refused', 'write_unsure', 'reject', 'void'
        )
        or (heard.move = 'unclaimed' and known.state = 'new')
        or (heard.move = 'propose' and known.state = 'pending_approval')
        or (
            heard.move in ('assign', 'reassign')
            and not exists (
                select from trail_entry as later
                where
                    later.case_id = heard.case_id
                    and later.id > heard.entry
                    and later.move in ('assign', 'reassign', 'claim', 'release', 'transfer')
            )
        )
    )
union all
select
    'assigned',
    heard.case_id,
    heard.entry
from heard
inner join exception_case as known on heard.case_id = known.id
where
    heard.move in ('detect', 'regress', 'return', 'exceed')
    and known.state = 'new'
    and known.owner_id is distinct from known.previous_owner_id
    and known.owner_id is not null
union all
select
    'mention',
    heard.case_id,
    heard.entry
from heard
where heard.note like '%%@%%'
