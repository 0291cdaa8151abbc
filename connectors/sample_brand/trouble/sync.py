"""Deliveries that failed or only seemed to succeed, and words that nobody maps.

A function a kind: each takes a healthy story and spoils it, and gives the subject to be found.
"""

from datetime import datetime, timedelta

from connectors.sample_brand.story import Story
from connectors.sample_brand.trouble.making import quiet, says, trouble


@trouble(quiet)
def sync_failure(story: Story, moment: datetime) -> str:
    error = {"code": "validation", "message": "the delivery address has no postcode"}
    says(story, "orders-to-shopify", story.now("order"), moment - timedelta(hours=3), "failed", error=error)
    return f"order:sparklayer:{story.now('order')['id']}>shopify"


@trouble(quiet)
def false_success(story: Story, moment: datetime) -> str:
    del story.roles["rebound"]
    return f"order:sparklayer:{story.now('order')['id']}>rebound"


@trouble(quiet)
def unmapped_status(story: Story, moment: datetime) -> str:
    story.now("warehouse")["status"] = f"PACKED {story.number}"
    return f"status:warehouse:order:PACKED {story.number}"
