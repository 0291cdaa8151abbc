-- The items of new rounds, as their checklists have them now.
insert into round_item (round_id, position, sort, text, query, queue, note)
select
    checklist_round.id,
    checklist_item.position,
    sort,
    text,
    query,
    queue,
    ''
from checklist_round
inner join checklist_item on checklist_round.checklist_id = checklist_item.checklist_id
where checklist_round.id = any(%(rounds)s)
