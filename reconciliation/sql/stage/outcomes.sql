-- What the integration said last of each record on each flow. `rma`: that of a return which the outcome itself names,
-- for a return that nobody sent, or that names none.
insert into last_outcome
select distinct on (outcome.flow, outcome.about_type, outcome.about_id)
    current_record.group_key,
    record_key(outcome.about_type, leg.source, outcome.about_id),
    outcome.about_type,
    leg.source,
    outcome.about_id,
    outcome.flow,
    leg.target,
    current_record.id,
    current_record.at,
    outcome.result,
    outcome.error_code,
    outcome.error_message,
    outcome.target_id,
    named.norm
from current_record
inner join outcome on current_record.content = outcome.content
inner join leg on outcome.flow = leg.flow
left join lateral (
    select reference.norm
    from reference
    where
        outcome.about_type = 'return'
        and outcome.content = reference.content
        and reference.scheme = 'rma'
        and reference.norm not in (select ignored_reference.value from ignored_reference)
) as named on true
where current_record.type = 'outcome'
order by outcome.flow asc, outcome.about_type asc, outcome.about_id asc, current_record.at desc, current_record.id desc;
analyze last_outcome;
