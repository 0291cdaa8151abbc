"""Asked inside of a product's own process: what it holds."""

import io
from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from connectors.lines import read_lines
from connectors.models import Connection, Outbox, Sighting
from connectors.webhooks import Incoming, receive
from exceptions.models import OPEN, ExceptionCase, Period, PeriodItem, Suppression, TrailEntry
from exceptions.months.statement import statement_of
from exceptions.reconciling import reconcile
from exceptions.suppressions import suppress
from exceptions.trail.chain import seal, verify
from reconciliation.intake import take_in
from reconciliation.models import Finding, LedgerEntry, Link, Member, RejectedLine
from reconciliation.own_words import link
from tests.faults.settling import settle, webhook_of
from tests.faults.wrongs import wrongs

FINDING = ("kind", "subject", "leg", "state", "amount", "currency")
CASE = ("kind", "subject", "amount", "currency", "severity", "team", "flow", "customer")
ITEM = ("part", "bucket", "name", "record", "amount")


def answer(asked):
    """The outcome as JSON; where lines are given, they are taken in first, as are deliveries."""
    as_of = datetime.fromisoformat(asked["as_of"])
    found = [] if "lines" in asked else wrongs(asked)
    if "lines" in asked:
        _told(asked)
    settle()
    _decided(asked.get("own", {}))
    month = _month(asked)
    reconcile(as_of=as_of, now=as_of)
    tables = _tables() | month
    reconcile(as_of=as_of, now=as_of, full=True)
    changed = set(tables["findings"]) ^ set(_findings())
    seal(at=timezone.now())
    notes = defaultdict(list)
    for words, case in TrailEntry.objects.filter(move="note").values_list("note", "case_id"):
        notes[words].append(case)
    found += wrongs(asked, settled=True) if "lines" not in asked else []
    return {
        "tables": tables,
        "notes": notes,
        "broken": verify().broken,
        "after_full_run": sorted(changed),
        "wrong": found,
        "outside": _outside(),
        "signed_as_of": _period(asked).as_of.isoformat() if _period(asked) else None,
        "own": _own(),
    }


def _told(asked):
    """An undisturbed product is told all that there is to tell, once."""
    call_command("migrate", verbosity=0)
    from tests.faults.brand import prepare

    prepare(asked["given"])
    take_in(read_lines(io.BytesIO("\n".join(asked["lines"]).encode())), source="faults", clock=timezone.now)
    for system, headers, body in asked["deliveries"]:
        connection = Connection.objects.get(system=system)
        receive(connection, webhook_of(connection), Incoming(headers, body.encode()), at=timezone.now())


def _own():
    """Our own data, as people changed it."""
    links = Link.objects.filter(undone_at=None).values_list("record", "other")
    waivers = Suppression.objects.filter(undone_at=None).values_list("kind", "customer", "ends_at")
    return {
        "links": sorted([str(one), str(other)] for one, other in links),
        "waivers": sorted([kind, customer, until.isoformat()] for kind, customer, until in waivers),
    }


def _decided(own):
    """An undisturbed product's own data is changed in the same way."""
    by = get_user_model().objects.get(username="amira")
    for record, other in own.get("links", []):
        link(UUID(record), UUID(other), by=by.username)
    for kind, customer, until in own.get("waivers", []):
        suppress(kind, customer=customer, until=datetime.fromisoformat(until), reason="as decided", by=by)


def _month(asked):
    """The lines of the month's statement: as it was signed, or as they are as of the moment of that signature."""
    if "lines" not in asked:
        signed = PeriodItem.objects.filter(period=_period(asked))
        return {"the signed month": _items(signed)}
    as_of = datetime.fromisoformat(asked["signed_as_of"])
    reconcile(as_of=as_of, now=as_of)
    return {"the signed month": _items(statement_of(*asked["month"], as_of=as_of).items)}


def _period(asked):
    return Period.objects.filter(month=asked["month"][0], currency=asked["month"][1]).first()


def _items(items):
    said = [[getattr(item, name) for name in ITEM] for item in items]
    return sorted(" ".join(map(str, [*row[:-1], f"{row[-1].normalize():f}"])) for row in said)


def _tables():
    """Of what is read from outside systems the versions depend on when it is read, and what stands now does not."""
    read = set(Sighting.objects.values_list("type", "connection__system", "record"))
    entries = list(LedgerEntry.objects.all())
    told = [entry for entry in entries if (entry.type, entry.system, entry.id) not in read]
    standing = [entry for entry in entries if entry.until is None and (entry.type, entry.system, entry.id) in read]
    ledger = [(one.version, one.record, one.at, one.until, one.changed_at, one.content) for one in told]
    return {
        "ledgers": _rows(ledger),
        "records of outside systems": _rows((one.type, one.system, one.id, one.content) for one in standing),
        "groups": _rows(Member.objects.values_list("record", "group_key")),
        "refused lines": sorted({bytes(line.sha256).hex() for line in RejectedLine.objects.only("sha256")}),
        "findings": _findings(),
        "open exceptions": _rows(_found().values_list(*CASE)),
    }


def _found():
    """The exceptions that are open, or would be had nobody accepted them."""
    raised = Finding.objects.filter(state="raised", kind=OuterRef("kind"), subject=OuterRef("subject"))
    accepted = Q(state="accepted") & Exists(raised)
    return ExceptionCase.objects.filter(Q(state__in=OPEN) | accepted)


def _outside():
    """What stands of each connected system, and what became of each change there."""
    systems = Connection.objects.values("system")
    standing = LedgerEntry.objects.filter(until=None, system__in=systems).values_list("type", "system", "id")
    changes = [
        (change.action, _what(change), change.state, change.given_up_at is not None) for change in Outbox.objects.all()
    ]
    return [list(standing), changes]


def _what(change):
    """By what the outside system knows it."""
    if change.action == "retry":
        return change.payload["body"]["retryDataKeys"][0]
    return change.payload["about"]["reference"]


def _findings():
    return _rows(Finding.objects.exclude(state="unripe").values_list(*FINDING))


def _rows(rows):
    return sorted(" ".join(map(str, row)) for row in rows)
