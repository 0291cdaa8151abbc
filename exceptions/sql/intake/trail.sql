insert into trail_entry (case_id, at, by_id, move, from_state, to_state, note, source, details)
select
    id,
    %(at)s,
    null,
    move,
    from_state,
    to_state,
    '',
    concat('run ', %(run)s),
    details
from moved
order by id, step
