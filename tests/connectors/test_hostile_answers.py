"""Whatever a vendor answers, a pull ends: with records, named refusals or a named error, never with a crash."""

import gzip
import json
import re
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex

import httpx
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from connectors.http import documented_shape, exact_json
from connectors.paging import Window
from connectors.pull import PROBLEMS, check, store
from connectors.registry import FOLDERS, connector
from exceptions.pulling import take_in_lines
from reconciliation.models import RejectedLine
from tests.connectors.commercetools.project import projects
from tests.connectors.erp.xero.organisation import organisations
from tests.connectors.ipaas.platforms import celigos, workatos
from tests.connectors.ipaas.test_boomi import boomis
from tests.connectors.ipaas.test_patchworks import companies
from tests.connectors.rebound.account import accounts as rebounds
from tests.connectors.returngo.portal import portals
from tests.connectors.shopify.shop import shops
from tests.connectors.sparklayer.site import sites
from tests.connectors.swap.store import stores
from tests.connectors.vendors import access, undone
from tests.connectors.warehouse.mintsoft.account import accounts as mintsofts
from tests.connectors.warehouse.shipbob.merchant import merchants

__all__ = ["boomis", "celigos", "companies", "merchants", "mintsofts", "organisations", "portals", "projects"]
__all__ += ["rebounds", "shops", "sites", "stores", "workatos"]
pytestmark = pytest.mark.django_db
ASKED = [  # every vendor that is asked by http
    *("boomis", "celigos", "companies", "merchants", "mintsofts", "organisations", "portals", "projects"),
    *("rebounds", "shops", "sites", "stores", "workatos"),
]
DEEP = 5_000
MOST_PAGES = 12


def nested(depth):
    value = "x"
    for _ in range(depth):
        value = [value]
    return value


HOSTILE = [
    None,
    True,
    -1,
    10**400,
    "",
    " ",
    "NaN",
    "1e999999999",
    "\0",
    "\ud800",
    token_hex(4_000),
    "2026-13-45T99:99:99Z",
]
HOSTILE += [[], {}, [None], [[]], {"id": None}, nested(400), Decimal("-1e-300"), Decimal("9" * 60), "<html></html>"]
BODIES = {
    "nothing": b"",
    "a web page": b"<!doctype html><html><body>Sign in</body></html>",
    "null": b"null",
    "a number": b"12",
    "an empty list": b"[]",
    "an empty object": b"{}",
    "a list of nulls": b"[null, null]",
    "no number": b'{"data": NaN, "results": [NaN], "total": Infinity}',
    "deep": b"[" * DEEP + b"]" * DEEP,
    "latin": '{"data": "caf\xe9"}'.encode("latin-1"),
    "another encoding": '{"data": []}'.encode("utf-16"),
    "a number without an end": b'{"data": ' + b"9" * 10_000 + b"}",
}
SPOILS = {  # of an answer that was right
    "cut off": lambda body: body[: len(body) // 2],
    "twice": lambda body: body + body,
    "no gzip": lambda body: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(body)),
    "other types": lambda body: json.dumps(turned(json.loads(body))).encode(),
    "all null": lambda body: json.dumps(emptied(json.loads(body))).encode(),
}


def turned(value):
    """Each value as another type."""
    match value:
        case dict():
            return {name: turned(one) for name, one in value.items()}
        case list():
            return {str(number): turned(one) for number, one in enumerate(value)}
        case str():
            return [value]
        case bool() | None:
            return "yes"
    return {"amount": value}


def emptied(value):
    """Its members, with nothing in any."""
    return {name: emptied(one) for name, one in value.items()} if isinstance(value, dict) else None


class Spoiling(httpx.BaseTransport):
    """The vendor, whose answers with data are spoilt; those with tokens are left alone."""

    def __init__(self, simulator, spoil):
        self.inner, self.spoil = simulator.transport(), spoil

    def handle_request(self, request):
        answer = self.inner.handle_request(request)
        if "token" in request.url.path or self.spoil is None:
            return answer
        spoilt = self.spoil(answer.content)
        return spoilt if isinstance(spoilt, httpx.Response) else httpx.Response(200, content=spoilt)


def pages(connection, simulator, clock, spoil=None):
    """(feed, page) as far as the feeds give any; what stops a feed has to be one of the named problems."""
    made = connector(connection.kind, connection.vendor)
    window = Window(clock() - timedelta(days=2), clock())
    for feed in made.feeds:
        with suppress(*PROBLEMS):
            client = made.client(access(connection, Spoiling(simulator, spoil), clock))
            position = None
            for _ in range(MOST_PAGES):
                with documented_shape():
                    page = client.page(feed.name, window, position)
                    check(page)
                yield feed.name, page
                if (position := page.following) is None:
                    break


def test_every_vendor_that_is_asked_is_tried(request):
    tried = set()
    for name in ASKED:
        with undone():
            connection = request.getfixturevalue(name)()[0]
            tried.add((connection.kind, connection.vendor))
    assert {one for one in FOLDERS if connector(*one).feeds} - tried == {("warehouse", "file"), ("erp", "file")}


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_of_another_shape_is_a_named_problem_or_refused_item_by_item(name, request):
    connection, simulator, clock = request.getfixturevalue(name)()
    made = connector(connection.kind, connection.vendor)
    assert any(page.items for _, page in pages(connection, simulator, clock))
    for spoil in [*SPOILS.values(), *(lambda _, body=body: body for body in BODIES.values())]:
        items = [(feed, item) for feed, page in pages(connection, simulator, clock, spoil) for item in page.items]
        taken_in(connection, made, items, clock)


@pytest.mark.parametrize("name", ASKED)
def test_an_item_with_anything_in_it_is_read_or_refused_by_name(name, request):
    connection, simulator, clock = request.getfixturevalue(name)()
    made = connector(connection.kind, connection.vendor)
    items = [(feed, item) for feed, page in pages(connection, simulator, clock) for item in page.items]
    assert items

    @settings(max_examples=3, deadline=None, phases=[Phase.generate], database=None)
    @given(st.randoms(use_true_random=True))
    def tried(chance):
        batch = [(feed, spoilt(deepcopy(item), chance)) for feed, item in chance.choices(items, k=40)]
        taken_in(connection, made, batch, clock)

    tried()


def taken_in(connection, made, items, clock):
    """Every item is taken in or refused with a reason, all of them at once, as a pull does it."""
    before = RejectedLine.objects.count()
    taken = store(connection, made, items, read_at=clock(), take_in=take_in_lines, source="pull")
    assert RejectedLine.objects.filter(reason="").count() == 0
    if taken is not None:
        assert RejectedLine.objects.count() <= before + taken.rejected


def spoilt(value, chance):
    """The value with something hostile at one place in it, or without what was there."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(sorted(value, key=str))
        rest = {one: value[one] for one in value if one != name}
        return rest if chance.random() < 0.1 else value | {name: spoilt(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        return [*value[:place], spoilt(value[place], chance), *value[place + 1 :]]
    return chance.choice(HOSTILE)


@pytest.mark.parametrize("number", ["1e999999999", "-1E+400000000", "1e-999999999", "NaN", "-Infinity"])
def test_a_number_that_no_memory_holds_is_refused_at_once(number, request):
    connection, simulator, clock = request.getfixturevalue("organisations")()
    made = connector("erp", "xero")
    (feed, page), *_ = [one for one in pages(connection, simulator, clock) if one[1].items]
    text = re.sub(r'"Total": "?[0-9.]+"?', f'"Total": {number}', json.dumps(page.items[0], default=str))
    assert number in text
    taken_in(connection, made, [(feed, exact_json(text.encode()))], clock)


def test_a_body_that_unpacks_without_end_is_refused(request):
    connection, _, clock = request.getfixturevalue("stores")()
    packed = gzip.compress(b" " * (80 * 1024 * 1024), 9)
    assert len(packed) < 100_000
    bomb = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed))
    made = connector("swap")
    client = made.client(access(connection, httpx.MockTransport(lambda request: bomb), clock))
    with pytest.raises(PROBLEMS, match="longer than"):
        client.page(made.feeds[0].name, Window(None, clock()), None)
