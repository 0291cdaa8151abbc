"""Connections to outside systems, their credentials, cursors, pulls, deliveries and outbox."""

from connectors.models.connection import Connection, Credential
from connectors.models.delivery import Delivery, Refusals
from connectors.models.ending import Ending
from connectors.models.outbox import Outbox
from connectors.models.pulling import Cursor, PullRun, Sighting

__all__ = [
    "Connection",
    "Credential",
    "Cursor",
    "Delivery",
    "Ending",
    "Outbox",
    "PullRun",
    "Refusals",
    "Sighting",
]
