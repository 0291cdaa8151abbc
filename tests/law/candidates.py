"""What a kind says of one subject on one leg, before ripeness and precedence."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction


@dataclass
class Candidate:
    """A disagreement.

    `since`: what its age runs from; `grace`: how old it must be, None where it counts at once; `flow`: the key of the
    leg it is found on, whose silence may swallow it; `group`: the order group it is about, None for kinds that look
    across groups; `about`: what precedences compare, by name a set of keys (see `yields.YIELDS`).
    """

    kind: str
    subject: str
    amount: Fraction | None = None
    currency: str | None = None
    since: datetime | None = None
    grace: timedelta | None = None
    flow: str | None = None
    group: object = None
    about: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.amount is None or self.currency is None:
            self.amount = self.currency = None
        self.about["subject"] = {self.subject}
        self.about["named"] = {self.subject.partition(">")[0].partition("#")[0]}
        if self.group is not None:
            self.about.setdefault("group", {id(self.group)})
        if self.flow is not None:
            self.about.setdefault("flow", {self.flow})

    def ripe(self, moment):
        return self.grace is None or self.since + self.grace <= moment


def money(record):
    """(net goods, currency) of an order or credit, nothing without one."""
    return (record.net_goods, record.currency) if record else (None, None)


def added(pairs):
    """(sum, currency) of several (amount, currency): what is known, null across currencies."""
    known = [(amount, currency) for amount, currency in pairs if amount is not None]
    if len({currency for _, currency in known}) != 1:
        return None, None
    return sum(amount for amount, _ in known), known[0][1]
