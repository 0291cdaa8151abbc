"""Words of a vendor that were given a meaning: the records that were told without them are told with it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from connectors.http import exact_json
from connectors.lines import Refusal
from connectors.models import Connection
from connectors.paging import Raw
from connectors.pull import store
from connectors.registry import Connector, connector
from connectors.sightings import Line
from exceptions.pulling import take_in_lines
from reconciliation.intake import Receipt
from reconciliation.models import LedgerEntry, RejectedLine, Version

ENTERED_IN = {"dispositions", "resolutions"}  # settings in which a person enters meanings


def tell_with_meanings(connection: Connection, *, clock: Callable[[], datetime]) -> Receipt:
    """Reads once more the items of records that lack a word, as they were read last; counts what came of it.

    What has no meaning yet is refused as before. A connector without settings for meanings is left alone.
    """
    made, whole = connector(connection.kind, connection.vendor), Receipt()
    if not ENTERED_IN & {setting.name for setting in made.settings}:
        return whole

    def take_in(lines: Sequence[Line | Refusal], source: str) -> Receipt:
        receipt = take_in_lines(lines, source)
        whole.add(receipt)
        return receipt

    for feed, item in _items(connection, made):
        store(connection, made, [(feed, item)], read_at=clock(), take_in=take_in, source="meanings")
    return whole


def _items(connection: Connection, made: Connector) -> Iterator[tuple[str, Raw]]:
    """The feeds and items of the records that stand without a word for which they were refused."""
    for type, told in _lacking(connection):
        item, feed = exact_json(told.encode()).get("raw"), _feed(made, type)
        if feed is not None and isinstance(item, dict) and set(item) != {"left_out"}:
            yield feed, item


def _lacking(connection: Connection) -> set[tuple[str, str]]:
    """Type and line of these records."""
    named = {"type": OuterRef("type"), "system": OuterRef("system"), "id": OuterRef("record_id")}
    standing = LedgerEntry.objects.filter(**named, until=None, content__isnull=False)
    line = Version.objects.filter(version=OuterRef("version")).values("raw")
    refused = RejectedLine.objects.filter(system=connection.system, code="unknown_word")
    without = refused.annotate(since=Subquery(standing.values("at")), version=Subquery(standing.values("version")))
    found = without.filter(since__lt=F("at")).annotate(told=Subquery(line))
    return {(str(type), told) for type, told in found.values_list("type", "told")}


def _feed(made: Connector, type: str) -> str | None:
    return next((feed.name for feed in made.feeds if type in feed.gives), None)
