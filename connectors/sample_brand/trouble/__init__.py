"""Disagreements: healthy stories are spoiled, each in one way, so that what must be found is known.

A module a family of kinds; stories are given to the families in this order.
"""

from collections.abc import Iterator
from datetime import datetime

from connectors.sample_brand.story import Story
from connectors.sample_brand.trouble import credit_notes, orders, returns, stock, sync
from connectors.sample_brand.trouble.making import made_in

TROUBLES = [made for family in (orders, returns, credit_notes, stock, sync) for made in made_in(family)]


def spoil(stories: list[Story], moment: datetime, times: int) -> Iterator[tuple[str, str]]:
    """Spoils `times` stories of each kind, each story once; the kinds and subjects to be found."""
    free = [story for story in stories if story.stage in ("none", "Done")]
    for made in TROUBLES:
        chosen = [story for story in free if made.fits(story, moment)][:times]
        for story in chosen:
            free.remove(story)
            yield made.kind, made.spoil(story, moment)
