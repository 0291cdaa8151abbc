"""The handbook: made from the configuration, issued with a hash, and what changed since is marked."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.handbook.blocks import blocks_of
from exceptions.handbook.book import NothingChanged, content, content_hash, handbook, issue_handbook
from exceptions.handbook.pdf import handbook_pdf
from exceptions.handbook.picture import columns, picture
from exceptions.models import EscalationStep, Expectation, HandbookIssue, SlaPolicy, SystemOwner, TrailEntry
from exceptions.runbooks.texts import shipped_text, write_runbook
from reconciliation.declarations import checks
from reconciliation.models import Flow, StatusMapping, System
from tests.exceptions.people import NOW, bands, someone, teams

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return someone("sam", "admin")


@pytest.fixture
def connected():
    """A shop that sends orders to a warehouse, which sends returns to the books and hears back."""
    shop = System.objects.create(key="shop", kind="sparklayer", name="Shop <b>&</b>", authority=["order"])
    warehouse = System.objects.create(key="warehouse", kind="warehouse", position=1, authority=["stock"])
    books = System.objects.create(key="books", kind="accounting", vendor="xero", position=2)
    rhythm = {"cadence": timedelta(minutes=15), "grace": timedelta(hours=2)}
    for key, record, source, target in (
        ("orders", "order", shop, warehouse),
        ("returns", "return", warehouse, books),
        ("levels", "stock_level", warehouse, shop),
    ):
        Flow.objects.create(key=key, record=record, source=source, target=target, **rhythm)


def rows(key):
    return {row.key: row for chapter in handbook().chapters if chapter.key == key for row in chapter.rows}


def test_it_says_what_is_configured(connected, sam):
    SystemOwner.objects.create(system_id="shop", team=teams()["cx"], person=sam.user, contact="shop desk")
    StatusMapping.objects.create(system_id="shop", of="order", raw="Paid", raw_key="paid", canonical="placed")
    olu = someone("olu", "lead", team="ops", lead=True)
    EscalationStep.objects.create(team_id="ops", after_hours=4, person=sam.user)
    assert rows("systems")["shop"].cells[3].endswith(": Sam")
    assert rows("systems")["shop"].cells[4] == "shop desk"
    assert rows("systems")["books"].cells[3] == "nobody is named"
    assert rows("flows")["orders"].cells[4:6] == ("15m", "2h")
    Expectation.objects.create(system_id="books", type="credit", every=timedelta(hours=8), hours_of_id="ops")
    said = rows("expectations")["books credit"].cells
    assert said == ("books", "credit", "8h", f"in the working hours of {teams()['ops']}")
    assert rows("truth")["stock"].cells == ("Stock", "warehouse")
    assert rows("truth")["credit"].cells[1] == "no system is named"
    assert rows("mappings")["status shop order Paid"].cells == ("shop: status order Paid", "placed")
    assert rows("escalation")["ops"].cells[2:] == (olu.user.first_name, "after 4 h Sam")
    assert "lead" in rows("people")["olu"].cells[1]
    assert set(rows("kinds")) == set(checks())


def test_of_a_flow_it_says_what_may_differ_and_what_travels_on_it(connected):
    unusual = {"compare": ["status", "lines"], "tolerance_amount": "0.25", "only": {"channel": ["b2b", "eu"]}}
    Flow.objects.filter(key="orders").update(**unusual, same=[["authorised", "in_transit"]])
    said = rows("flows")
    assert said["orders"].cells[7] == (
        "status, lines; amounts within 0.25; authorised and in_transit count as the same; "
        "only with the channel b2b or eu"
    )
    assert said["returns"].cells[7] == "as usual"


def test_other_words_in_a_runbook_are_a_change_too(sam):
    issue_handbook(by=sam.user, at=NOW)
    shipped = shipped_text("missing_credit")
    write_runbook("missing_credit", shipped.replace("two weeks", "a month"), seen=0, by=sam.user, at=NOW)
    first = rows("kinds")["missing_credit"]
    assert first.mark == "changed"
    issue_handbook(by=sam.user, at=NOW)
    write_runbook("missing_credit", shipped.replace("two weeks", "a year"), seen=1, by=sam.user, at=NOW)
    write_runbook("missing_credit", None, seen=2, by=sam.user, at=NOW)
    assert rows("kinds")["missing_credit"].cells[7].startswith("as shipped, 3 steps, text ")


def test_the_terms_of_a_kind_are_those_that_count():
    declared = checks()["missing_credit"]
    assert rows("kinds")["missing_credit"].cells[4:6] == (declared.claim_within, declared.resolve_within)
    SlaPolicy.objects.create(severity=declared.severity, claim_hours=9, resolve_hours=99)
    assert rows("kinds")["missing_credit"].cells[4:6] == ("9h", "99h")
    SlaPolicy.objects.create(kind="missing_credit", claim_hours=7, resolve_hours=77)
    assert rows("kinds")["missing_credit"].cells[4:6] == ("7h", "77h")


def test_what_changed_since_the_last_issue_is_marked(connected, sam):
    assert not handbook().changes
    first = issue_handbook(by=sam.user, at=NOW)
    with pytest.raises(NothingChanged):
        issue_handbook(by=sam.user, at=NOW)
    Flow.objects.filter(key="orders").update(cadence=timedelta(hours=1))
    Flow.objects.filter(key="levels").delete()
    System.objects.create(key="portal", kind="returns", position=9)
    book = handbook()
    marks = {row.key: row.mark for row in rows("flows").values()}
    assert marks == {"orders": "changed", "returns": ""}
    assert next(chapter for chapter in book.chapters if chapter.key == "flows").gone == ["levels"]
    assert rows("systems")["portal"].mark == "new"
    assert book.changes == 3
    assert [said for chapter in book.chapters for said in chapter.news] == [
        "portal: new",
        "orders: Every 1h, was 15m",
        "levels: gone",
    ]
    second = issue_handbook(by=sam.user, at=NOW)
    assert (first.number, second.number) == (1, 2)
    assert handbook().changes == 0
    assert [entry.about for entry in TrailEntry.objects.filter(move="issue")] == ["handbook 1", "handbook 2"]


def test_who_works_on_no_exceptions_accepts_none_alone(sam):
    bands()
    someone("ana", "agent")
    someone("aud", "viewer")
    said = {key: row.cells[3] for key, row in rows("people").items()}
    assert "25.00 GBP each, 60.00 GBP a month" in said["ana"]
    assert said["aud"] == said["sam"] == "–"


def test_a_long_name_stays_within_its_box(connected):
    System.objects.filter(key="shop").update(name="Wholesale storefront for the whole of Northern Europe")
    assert max(len(box.name) for box in picture().boxes) <= 20


def test_the_hash_is_of_what_is_said_and_of_nothing_else(connected, sam):
    issued = issue_handbook(by=sam.user, at=NOW)
    assert content_hash(HandbookIssue.objects.get().content) == issued.content_hash
    assert content_hash(content(handbook().chapters)) == issued.content_hash
    System.objects.filter(key="shop").update(name="Another")
    assert handbook().content_hash != issued.content_hash


def test_the_picture_shows_every_system_and_flow_and_escapes_their_names(connected):
    drawn = picture()
    svg = drawn.svg
    assert "Shop &lt;b&gt;&amp;&lt;/b&gt;" in svg
    assert "orders: every 15m + 2h" in svg
    assert "style=" not in svg
    assert len(drawn.legs) == len(drawn.sentences) == 3


def test_boxes_of_a_picture_do_not_overlap(connected):
    for number in range(6):
        System.objects.create(key=f"more{number}", kind="marketplace", position=5 + number)
    boxes = [(box.x, box.y) for box in picture().boxes]
    assert len(boxes) == len(set(boxes)) == 9
    assert all(abs(a[1] - b[1]) > 64 for a in boxes for b in boxes if a != b and a[0] == b[0])


NAMES = [f"s{number}" for number in range(7)]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20))
def test_every_system_has_a_column_also_where_flows_go_round(pairs):
    found = columns(NAMES, pairs)
    assert set(found) == set(NAMES)
    assert min(found.values()) == 0


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] < p[1]), max_size=20))
def test_without_circles_every_flow_goes_right(pairs):
    named = [(NAMES[a], NAMES[b]) for a, b in pairs]
    found = columns(NAMES, named)
    assert all(found[source] < found[target] for source, target in named)


def test_the_pdf_takes_words_as_words(connected, sam):
    System.objects.filter(key="books").update(name='#panic("x") = *bold* $y$ \\ "quoted"')
    issue_handbook(by=sam.user, at=NOW)
    StatusMapping.objects.create(system_id="shop", of="order", raw="#eval", raw_key="#eval", canonical="placed")
    made = handbook_pdf(handbook(), picture(), at=NOW)
    assert made.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) > 2


def test_an_installation_without_anything_has_a_handbook():
    System.objects.all().delete()
    assert picture().boxes == []
    assert handbook_pdf(handbook(), picture(), at=NOW).startswith(b"%PDF")


def test_everybody_reads_it_and_admins_alone_issue_it(client, connected, sam):
    client.force_login(someone("vic", "viewer").user)
    assert "Data flows" in client.get("/handbook").content.decode()
    assert "Issue it" not in client.get("/handbook").content.decode()
    assert client.get("/handbook/handbook.pdf").content.startswith(b"%PDF")
    assert client.post("/handbook/issue").status_code == 403
    client.force_login(someone("out").user)
    assert client.get("/handbook").status_code == 403
    client.force_login(sam.user)
    client.post("/handbook/issue")
    client.post("/handbook/issue")
    assert HandbookIssue.objects.count() == 1


def test_more_of_everything_needs_no_more_queries(client, connected, sam, django_assert_max_num_queries):
    for number in range(12):
        someone(f"agent{number}", "agent", team="ops")
        system = System.objects.create(key=f"more{number}", kind="marketplace", position=5 + number)
        SystemOwner.objects.create(system=system, team_id="ops")
    issue_handbook(by=sam.user, at=NOW)
    client.force_login(sam.user)
    client.get("/handbook")
    with django_assert_max_num_queries(45):
        client.get("/handbook")


OWN = """# Ours
Ask **the *buyer*** for `PO_1`
by [mail](https://harbour.example/a).

1. First
   - within #panic("x")
2. Then

> Quoted $x$

| a | b |
|---|---|
| 1 | 2 |

```
= code *raw*
```
"""


def plain(blocks):
    """All words of the blocks in their order."""
    for block in blocks:
        if block["sort"] == "list":
            yield from (word for item in block["items"] for word in plain(item))
        elif block["sort"] == "quote":
            yield from plain(block["blocks"])
        elif block["sort"] == "table":
            yield from (run["text"] for row in block["rows"] for cell in row for run in cell)
        else:
            yield from [block["text"]] if "text" in block else [run["text"] for run in block["runs"]]


def test_a_runbook_becomes_blocks_with_all_its_words_and_none_of_its_signs():
    said = blocks_of(OWN)
    assert [block["sort"] for block in said] == ["heading", "paragraph", "list", "quote", "table", "code"]
    words = "".join(plain(said))
    assert words.startswith("OursAsk the buyer for PO_1 by mail.First")
    assert {run["text"] for run in said[1]["runs"] if run.get("strong") and run.get("em")} == {"buyer"}


@given(st.text(alphabet=st.sampled_from("ab *_`#>-1.|\n[]()$\\"), max_size=60))
def test_whatever_is_written_becomes_blocks(text):
    assert all(isinstance(word, str) for word in plain(blocks_of(text)))


def test_the_pdf_has_the_runbooks_where_that_is_asked(client, connected, sam):
    write_runbook("missing_credit", OWN, seen=0, by=sam.user, at=NOW)
    client.force_login(sam.user)
    without, all_of_it = client.get("/handbook/handbook.pdf").content, client.get("/handbook/handbook.pdf?runbooks")
    assert all_of_it["Content-Type"] == "application/pdf"
    pages = [len(re.findall(rb"/Type\s*/Page\b", made)) for made in (without, all_of_it.content)]
    assert pages[1] > pages[0] + 15
    assert "/handbook/handbook.pdf?runbooks" in client.get("/handbook").content.decode()
