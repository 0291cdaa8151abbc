"""The whole law over one world."""

from tests.law import catalogue, orders, sync
from tests.law.yields import Judgement

LEDGERS = (orders, catalogue, sync)
KINDS = {kind.__name__: kind for ledger in LEDGERS for kind in ledger.KINDS}


def told(world):
    """Every exception of a world: (kind, subject) to (amount, currency)."""
    return Judgement(world, (found for kind in KINDS.values() for found in kind(world))).exceptions()
