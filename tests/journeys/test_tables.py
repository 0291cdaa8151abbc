"""Every table that a page shows can be taken as a file that holds at least what the page shows of it."""

import csv
import io
import zipfile

import pytest
from django.test.html import Element, parse_html
from django.utils import timezone

from connectors.models import Connection
from exceptions import limits
from exceptions.models import OpeningItem, Outgoing
from reconciliation.models import CanaryRun
from tests.journeys.places import places

NO_DATA = {
    "preferences": "a form whose rows are boxes to tick",
    "mfa_index": "one's own keys",
    "system_page": "what is written of a connector, in its own words",
    "account_email": "one's own addresses",
}


def elements(root, name):
    """All elements of a name below another, in order."""
    for child in root.children:
        if isinstance(child, Element):
            if child.name == name:
                yield child
            yield from elements(child, name)


def parents(root):
    """Each table below an element, with what it stands in, the closest first."""
    found = []

    def walk(element, above):
        for child in element.children:
            if isinstance(child, Element):
                if child.name == "table":
                    found.append((child, [element, *above]))
                walk(child, [element, *above])

    walk(root, [])
    return found


def files(element):
    """The addresses of CSV files that an element links to."""
    links = (dict(link.attributes).get("href", "") for link in elements(element, "a"))
    return [address for address in links if ".csv" in address or "/csv" in address]


def rows_of(table):
    """How many rows of data a table shows: of its bodies, without headings and those that say that there is none."""
    rows = [row for body in elements(table, "tbody") for row in elements(body, "tr")]
    return sum(1 for row in rows if len(cells := [*elements(row, "td"), *elements(row, "th")]) > 1 and not heads(cells))


def heads(cells):
    """Whether a row is the heading of those under it."""
    return any(("scope", "rowgroup") in cell.attributes for cell in cells)


def lines(client, address):
    """How many rows of data a file holds; of a month's pack, all its tables together."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    content = b"".join(answer)
    if content.startswith(b"PK"):
        pack = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(pack.read(name) for name in pack.namelist())
    return len(list(csv.reader(io.StringIO(content.decode(errors="replace"), newline="")))) - 1


def what_the_brand_lacks(user):
    """An item of the opening balance, a channel for news, a run of the canaries, and a connection that is read."""
    now = timezone.now()
    item = {"currency": "GBP", "reference": "RMA-1", "amount": "5.00", "at": now.date()}
    OpeningItem.objects.create(**item, entered_by=user, entered_at=now)
    Outgoing.objects.create(name="Ledger bot", flavour="signed", shown="h", sealed_address="-", made_at=now)
    CanaryRun.objects.create(at=now, seconds=1, kinds={"orphan_return": [2, 2, 0]})
    Connection.objects.create(system="shopify", kind="shopify")


@pytest.mark.django_db(transaction=True)
def test_every_table_of_every_page_has_its_file(filled, client, monkeypatch):
    monkeypatch.setattr(limits, "over", lambda key, *, most, seconds: False)  # all of them within a minute
    client.force_login(filled.user)
    what_the_brand_lacks(filled.user)
    without, short, seen = [], [], 0
    for place in places():
        answer = client.get(place.address, follow=True)
        for table, above in parents(parse_html(answer.content.decode())):
            shown, seen = rows_of(table), seen + 1
            found = next((files(one) for one in above if files(one)), [])
            if place.name in NO_DATA or not shown:
                continue
            if not found:
                without.append((place.address, dict(table.attributes)))
            elif shown > max(lines(client, address) for address in found):
                short.append((place.address, shown, found))
    assert seen > 40
    assert without == [], "\n".join(map(str, without))
    assert short == []
