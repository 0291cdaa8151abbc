"""Returned goods that went on sale too early, too often, unfit, or never.

A function a kind: each takes a healthy story and spoils it, and gives the subject to be found.
"""

from datetime import datetime, timedelta

from connectors.sample_brand.story import Story, stamp
from connectors.sample_brand.trouble.making import done, returned_lines, trouble


@trouble(done)
def premature_restock(story: Story, moment: datetime) -> str:
    inspected_at = datetime.fromisoformat(story.now("return")["inspected_at"])
    story.now("movement")["at"] = stamp(inspected_at - timedelta(hours=7))
    return f"stock_movement:warehouse:M-{story.number}"


@trouble(done)
def unsellable_restock(story: Story, moment: datetime) -> str:
    returned_lines(story, ("return", "return_copy"), disposition="damaged")
    return f"stock_movement:warehouse:M-{story.number}"


@trouble(done)
def over_restock(story: Story, moment: datetime) -> str:
    first = story.now("movement")
    later = stamp(datetime.fromisoformat(first["at"]) + timedelta(minutes=3))
    story.each("movement").append(first | {"id": f"M-{story.number}-2", "at": later})
    return f"stock_movement:warehouse:M-{story.number}-2"


@trouble(done)
def missing_restock(story: Story, moment: datetime) -> str:
    del story.roles["movement"]
    return f"return:rebound:{story.now('return')['id']}#{story.back[0].base}"
