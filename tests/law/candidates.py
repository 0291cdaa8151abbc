"""What a kind says of one subject on one leg, before ripeness and precedence."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction


@dataclass
class Candidate:
    """A disagreement.

    `since`: what its age runs from; `grace`: how old it must be (nothing: at once); `flow`: the leg it is found on,
    whose silence may swallow it; `group`: the order group it is about, None for kinds that look across groups;
    `about`: what precedences compare, by name a set of keys (see `yields.YIELDS`).
    """

    kind: str
    subject: str
    amount: Fraction | None
    currency: str | None
    since: datetime
    grace: timedelta = timedelta(0)
    flow: str | None = None
    group: object = None
    about: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.amount is None:
            self.currency = None
        if self.group is not None:
            self.about.setdefault("group", {id(self.group)})

    def ripe(self, moment):
        return self.since + self.grace <= moment


def money(record):
    """(net goods, currency) of an order or credit."""
    return record.net_goods, record.currency
