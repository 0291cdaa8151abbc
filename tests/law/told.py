"""What the telling of the law makes of some lines: all kinds, ripe, after the precedences, and merged."""

from tests.law import catalogue, copies, crediting, matching, orders, returns, stock, sync
from tests.law.world import World
from tests.law.yields import Judgement

LEDGERS = (orders, copies, catalogue, returns, crediting, stock, matching, sync)
KINDS = tuple(kind for ledger in LEDGERS for kind in ledger.KINDS)


def told(topology, raws, moment, links=()):
    """(kind, subject) → (amount, currency) of every exception that is open after a run as of a moment."""
    world = World(raws, topology, moment, links)
    return Judgement(world, [candidate for kind in KINDS for candidate in kind(world)]).exceptions()
