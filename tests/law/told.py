"""What the telling of the law makes of some lines: all kinds, ripe, after the precedences, and merged."""

from decimal import ROUND_HALF_UP, Decimal

from tests.law import catalogue, crediting, matching, orders, returns, stock, sync
from tests.law.world import World
from tests.law.yields import raised

KINDS = tuple(
    kind for ledger in (orders, catalogue, returns, crediting, stock, matching, sync) for kind in ledger.KINDS
)


def told(topology, raws, moment):
    """(kind, subject) → (amount, currency) of every exception that is open after a run as of a moment."""
    world = World(raws, topology, moment)
    found = raised(world, [candidate for kind in KINDS for candidate in kind(world)])
    return {(one.kind, one.subject): (shown(world, one), one.currency) for one in found}


def shown(world, one):
    """An amount as it is stored: half up, to the minor unit of its currency."""
    if one.amount is None:
        return None
    exact = Decimal(one.amount.numerator) / Decimal(one.amount.denominator)
    return exact.quantize(Decimal(1).scaleb(-world.topology.minor(one.currency)), ROUND_HALF_UP)
