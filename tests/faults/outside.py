"""What the product says of the outside systems, held against what stands in them."""

from collections import Counter

ENDED = ("done", "refused", "withdrawn")


def discrepancies(holds, standing, changes):
    """Sentences. `holds`: of the systems (vendors.py); `standing`, `changes`: of the product (asking.py)."""
    return [*_records(holds["records"], Counter(map(tuple, standing))), *_changes(holds, changes)]


def _records(held, standing):
    """Every record that an outside system holds stands in the ledgers, once."""
    for name in map(tuple, held):
        if standing[name] != 1:
            yield f"{' '.join(name)} stands {standing[name]} times in the ledgers"


def _changes(holds, changes):
    """What is noted as done was made once, nothing else was made, and nothing waits of which nobody is told."""
    made = Counter(("retry", key) for key in holds["retries"])
    made += Counter(("draft_credit", reference) for reference in holds["drafts"])
    done = {(action, what) for action, what, state, _ in changes if state == "done"}
    for action, what, state, given_up in changes:
        if state not in ENDED and not given_up:
            yield f"{action} of {what} is still {state}"
    yield from (f"{what} was made {count} times" for what, count in made.items() if count > 1)
    yield from (f"{what} was made and is not noted as done" for what in made.keys() - done)
    yield from (f"{what} is noted as done and was never made" for what in done - made.keys())
