-- What the rules ask about cases that are known. What a person has placed keeps its team and owner.
update to_place
set
    kind = known.kind,
    flow = known.flow,
    systems = known.systems,
    severity = known.severity,
    currency = known.currency,
    amount = known.amount,
    customer = known.customer,
    sku = known.sku,
    team = case when known.placed_by_person then known.team end,
    owner_id = case when known.placed_by_person then known.owner_id end
from exception_case as known
where to_place.id = known.id and to_place.kind is null
