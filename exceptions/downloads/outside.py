"""The tables of what is connected: feeds, the first reading, proposed flows, channels for news, canaries."""

from collections.abc import Iterator

from exceptions.configuration.canaries import canaries_page
from exceptions.downloads.sheets import Asked, Download, NoSuchTable, Sheet, number_in
from exceptions.exports import Row
from exceptions.ledgers.feeds import systems_read
from exceptions.models import Message, Outgoing
from exceptions.setup.forms import FlowsForm
from exceptions.setup.progress import readings
from reconciliation.unknown_words import unknown_words


def _connections(asked: Asked) -> Sheet:
    rows = (
        (
            *(told.connection.system, feed.feed, ", ".join(feed.gives), feed.state, feed.succeeded_at),
            *(feed.expected_by, feed.lag.total_seconds() if feed.lag else None, feed.records, feed.error),
        )
        for told in sorted(systems_read(at=asked.at), key=lambda one: one.connection.system)
        for feed in told.feeds
    )
    columns = (
        "System",
        "Feed",
        "Gives",
        "State",
        "Last success",
        "Expected by",
        "Seconds behind",
        "Items read",
        "What stands in its way",
    )
    return Sheet(columns, rows)


def _reading(asked: Asked) -> Sheet:
    rows = (
        (
            *(reading.connection.system, feed.feed, ", ".join(feed.gives), feed.succeeded_at, feed.records),
            *(feed.pages, feed.resume_at if feed.error else None, feed.error),
        )
        for reading in readings(at=asked.at)
        for feed in reading.feeds
    )
    columns = ("System", "Feed", "Gives", "Read", "Items read", "Pages", "Tried again", "What stands in its way")
    return Sheet(columns, rows)


def _proposed(asked: Asked) -> Sheet:
    rows = (
        (
            *(one.proposal.record, one.proposal.source, one.proposal.target, one.proposal.usual.cadence),
            *(one.proposal.usual.grace, one.proposal.usual.within, one.proposal.usual.amount),
            *(one.proposal.usual.quantity, one.proposal.doubt),
        )
        for one in FlowsForm().proposals
    )
    columns = (
        "Record",
        "From",
        "To",
        "Runs every",
        "Grace",
        "Done within",
        "Amount off by",
        "Quantity off by",
        "Doubt",
    )
    return Sheet(columns, rows)


def _unknown(asked: Asked) -> Sheet:
    rows = ((one.system, one.of, one.raw, one.records, one.likely) for one in unknown_words())
    return Sheet(("System", "What it is", "Word", "How often", "Likely stands for"), rows)


def _channels(asked: Asked) -> Sheet:
    rows = (
        (
            *(one.name, one.get_flavour_display(), one.shown, str(one.team) if one.team else "all teams"),
            *(one.disabled_at, one.failures, one.made_at),
        )
        for one in Outgoing.objects.filter(person=None).select_related("team")
    )
    return Sheet(("Name", "Sort", "Host", "News of", "Disabled", "Failures in a row", "Made"), rows)


def _messages(asked: Asked) -> Sheet:
    channel = Outgoing.objects.filter(person=None, id=number_in(asked, "id")).first()
    if channel is None:
        raise NoSuchTable("channel")
    columns = ("Made", "Id", "Attempts", "Sent", "Given up", "Due", "Status", "Answer")
    return Sheet(columns, _sent(channel))


def _sent(channel: Outgoing) -> Iterator[Row]:
    log = Message.objects.filter(outgoing=channel).defer("content").order_by("-id")
    for one in log.iterator(chunk_size=2_000):
        yield (
            *(one.made_at, one.key, one.attempts, one.sent_at, one.given_up_at),
            *(None if one.sent_at or one.given_up_at else one.due_at, one.status, one.answer),
        )


def _canaries(asked: Asked) -> Sheet:
    rows = (
        (one.kind, one.title, one.put_in, one.found, one.beyond, one.recall, one.precision)
        for one in canaries_page(at=asked.at).scores
    )
    return Sheet(("Check", "Kind", "Put in", "Found", "Beyond", "Recall in %", "Precision in %"), rows)


TABLES = {
    "connections": Download("Feeds of the connections", _connections),
    "first-reading": Download("First reading", _reading, "configure"),
    "proposed-flows": Download("Proposed flows", _proposed, "configure"),
    "unknown-words": Download("Unknown words", _unknown, "configure"),
    "channels": Download("Channels for news", _channels, "configure"),
    "channel-log": Download("What was sent to a channel", _messages, "configure"),
    "canaries": Download("Canaries", _canaries, "configure"),
}
