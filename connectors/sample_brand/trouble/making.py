"""What a trouble is, which stories each fits, and what several of them do to a story."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import ModuleType

from connectors.sample_brand.story import Line, Story, money, stamp

Spoil = Callable[[Story, datetime], str]
Fits = Callable[[Story, datetime], bool]


@dataclass(frozen=True)
class Trouble:
    """A kind of disagreement, the stories it fits, and how it is made."""

    kind: str
    fits: Fits
    spoil: Spoil


MADE: list[Trouble] = []


def quiet(story: Story, moment: datetime) -> bool:
    """Shipped days ago, and nothing came back."""
    return story.requested_at is None and story.shipped_at is not None and story.shipped_at < moment - timedelta(days=3)


def single(story: Story, moment: datetime) -> bool:
    """The same, with one line of single pieces."""
    return quiet(story, moment) and len(story.bought) == 1 and story.bought[0][0].pack == 1


def cased(story: Story, moment: datetime) -> bool:
    """The same, with one line in cases."""
    return quiet(story, moment) and len(story.bought) == 1 and story.bought[0][0].pack > 1


def cash(story: Story, moment: datetime) -> bool:
    """The same, not on account."""
    return quiet(story, moment) and not story.on_account


def on_account(story: Story, moment: datetime) -> bool:
    """The same, on account."""
    return quiet(story, moment) and story.on_account


def waiting(story: Story, moment: datetime) -> bool:
    """Placed hours ago and not shipped."""
    return story.shipped_at is None and story.placed_at < moment - timedelta(hours=4)


def waiting_on_account(story: Story, moment: datetime) -> bool:
    """The same, on account."""
    return waiting(story, moment) and story.on_account


def done(story: Story, moment: datetime) -> bool:
    """Came back weeks ago in single pieces, inspected and credited."""
    late = story.requested_at is not None and story.requested_at < moment - timedelta(days=13)
    return late and story.stage == "Done" and story.back[0].pack == 1


def done_cash(story: Story, moment: datetime) -> bool:
    """The same, not on account."""
    return done(story, moment) and not story.on_account


def done_on_account(story: Story, moment: datetime) -> bool:
    """The same, on account."""
    return done(story, moment) and story.on_account


def trouble(fits: Fits) -> Callable[[Spoil], Spoil]:
    """Registers a function under its name as the kind it makes."""

    def register(spoil: Spoil) -> Spoil:
        MADE.append(Trouble(spoil.__name__, fits, spoil))
        return spoil

    return register


def made_in(family: ModuleType) -> list[Trouble]:
    """The kinds that a module makes, in its order."""
    return [made for made in MADE if made.spoil.__module__ == family.__name__]


def without(story: Story, role: str, flow: str) -> None:
    """Leaves a role out of the story, with what the flow to it said."""
    del story.roles[role]
    story.outcomes = [outcome for outcome in story.outcomes if outcome["flow"] != flow]


def says(story: Story, flow: str, about: Line, at: datetime, result: str, **more: object) -> None:
    """Has the iPaaS say of `about` what became of it on `flow`, instead of what it said before."""
    record = {"type": about["type"], "id": about["id"], "refs": about["refs"]}
    said = {"type": "outcome", "system": "ipaas", "id": f"{flow}/{about['id']}", "at": stamp(at), "flow": flow}
    story.outcomes = [outcome for outcome in story.outcomes if outcome["id"] != said["id"]]
    story.outcomes.append(said | {"record": record, "result": result} | more)


def asked_back(story: Story, at: datetime, status: str = "requested", **more: object) -> Line:
    """The first line of the order asked back, in the customer's portal; `more` are fields of the return."""
    item, quantity = story.bought[0]
    pieces = {"sku": item.sku, "quantity": str(min(quantity, 1)), "pack_size": item.pack, "reason_code": "BROKEN"}
    made: Line = {"type": "return", "system": "rebound", "id": f"R-{story.number}", "at": stamp(at), "status": status}
    made |= {"refs": story.refs | {"rma": story.rma}, "requested_at": stamp(at), "resolution": "credit"}
    made |= {"currency": story.buyer.currency, "customer": {"id": story.buyer.id}}
    made |= {"refund_amount": money(item.price), "lines": [pieces]} | more
    story.roles["return"] = [made]
    return made


def returned_lines(story: Story, roles: tuple[str, ...], **change: object) -> str:
    """Changes fields of the returned lines as these roles tell them; the subject of the first line."""
    for role in roles:
        for version in story.each(role):
            version["lines"] = [line | change for line in version["lines"]]
    return f"return:rebound:{story.now('return')['id']}#{story.back[0].base}"


def credit_note(story: Story, id: str, at: datetime, net: Decimal, **more: object) -> Line:
    """A credit note of the ERP over `net`; `more` are its other fields."""
    refs = story.refs | {"credit_number": id}
    made: Line = {"type": "credit", "system": "erp", "id": id, "at": stamp(at), "issued_at": stamp(at), "refs": refs}
    made |= {"kind": "credit_note", "status": "issued", "currency": story.buyer.currency, "amount": money(net)}
    return made | {"customer": {"id": story.buyer.id}} | more
