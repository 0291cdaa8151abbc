from pathlib import Path

import pytest

from reconciliation.models import Configuration, Flow, SkuAlias, StatusMapping, System
from reconciliation.topology import (
    SystemInUse,
    dump,
    load,
    remove_flow,
    remove_system,
    remove_words,
    save_flow,
    save_words,
    stored_row,
)
from reconciliation.topology_file import TopologyRefused, read_topology
from tests.reconciliation.conftest import feed, order

SHARED = Path(__file__).parents[3] / "shared" / "exam" / "topology.toml"
WITH_SAMPLE = pytest.mark.skipif(not SHARED.exists(), reason="no sample brand beside the repository")
RICH = """\
ignore_references = ["N/A", " #tbc "]

[[systems]]
key = "shop"
kind = "sparklayer"
name = 'A "quoted" shop'
authority = ["order", "price"]
requires = { order = ["purchase_order"] }

[[systems]]
key = "warehouse"
kind = "warehouse"
vendor = "shipbob"
stock = "available"
realm = "uk"

[[flows]]
key = "orders-to-warehouse"
record = "order"
source = "shop"
target = "warehouse"
cadence = "15m"
grace = "2h"
within = "48h"
compare = ["status", "lines"]
tolerance = { amount = "0.05", quantity = 2 }
same = [["open", "released"]]
only = { channel = ["b2b"] }

[reason_codes.shop]
"TOO_SMALL" = "size"

[statuses.warehouse.order]
"DESPATCHED" = "fulfilled"

[statuses.shop."payment.method"]
"Trade credit" = "on_account"

[customers.warehouse]
"acme01" = "7781"

[skus.warehouse]
"4711-02" = "KIT-A02"
"""


@pytest.mark.django_db
def test_a_second_load_changes_nothing():
    assert load(RICH)
    version = Configuration.objects.get().version
    assert load(RICH) == []
    assert Configuration.objects.get().version == version


@pytest.mark.django_db
@pytest.mark.parametrize("text", [RICH, pytest.param("exam", marks=WITH_SAMPLE)])
def test_what_is_dumped_loads_as_the_same(text):
    load(SHARED.read_text() if text == "exam" else text)
    written = dump()
    assert load(written) == []
    assert dump() == written


@pytest.mark.django_db
def test_a_dry_run_shows_and_writes_nothing():
    assert load(RICH, dry_run=True)
    assert not System.objects.exists()


@pytest.mark.django_db
def test_a_change_is_shown_with_before_and_after():
    load(RICH)
    changes = load(RICH.replace('grace = "2h"', 'grace = "90m"'))
    assert [str(change) for change in changes] == ["~ flow orders-to-warehouse grace: 2h → 90m"]
    assert Flow.objects.get().grace.total_seconds() == 5400


@pytest.mark.django_db
def test_what_the_file_lacks_is_removed():
    load(RICH)
    load(RICH.split("[skus.warehouse]")[0])
    assert not SkuAlias.objects.exists()


@pytest.mark.django_db
def test_a_system_with_records_is_not_left_out():
    load(RICH)
    feed(order())
    with pytest.raises(SystemInUse, match="shop"):
        load('[[systems]]\nkey = "warehouse"\nkind = "warehouse"\n')


@pytest.mark.parametrize(
    ("was", "becomes", "line", "reason"),
    [
        ("name = ", "nmae = ", 6, "did you mean name"),
        ('target = "warehouse"', 'target = "nowhere"', 21, "there is no system 'nowhere'"),
        ('cadence = "15m"', 'cadence = "15 minutes"', 22, "no duration"),
        ('grace = "2h"', "", 17, "is missing"),
        ('key = "warehouse"', 'key = "shop"', 11, "stands twice"),
        ('"DESPATCHED" = "fulfilled"', '"DESPATCHED" = "gone"', 34, "is none of"),
        ("[skus.warehouse]", "[skus.elsewhere]", 42, "there is no system"),
        ('amount = "0.05"', 'amount = "little"', 26, "no decimal"),
        ('kind = "sparklayer"', 'kind = "spark"', 5, "is none of"),
        ('same = [["open"', 'same = [["opened"', 27, "canonical"),
        ('grace = "2h"', 'grace = "99999d"', 23, "longer than ten years"),
        ('amount = "0.05"', 'amount = "1e99"', 26, "no decimal"),
        ('"size"', '"si\\u0000ze"', 1, "NUL"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(was, becomes, line, reason):
    with pytest.raises(TopologyRefused) as refused:
        read_topology(RICH.replace(was, becomes, 1))
    assert any(problem.line == line and reason in problem.reason for problem in refused.value.problems), refused.value


def test_a_flow_that_stands_twice_is_refused():
    flow = RICH[RICH.index("[[flows]]") : RICH.index("[reason_codes")]
    with pytest.raises(TopologyRefused, match="the flow 'orders-to-warehouse' stands twice"):
        read_topology(RICH.replace("[reason_codes.shop]", flow + "[reason_codes.shop]"))


def test_what_is_not_toml_is_refused_with_its_line():
    with pytest.raises(TopologyRefused, match="line 2"):
        read_topology("[[systems]]\nkey = \n")


@pytest.mark.django_db
def test_one_change_is_made_alone_and_has_everything_examined_again():
    load(RICH)
    version = Configuration.objects.get().version
    row = stored_row(Flow.objects.get())
    del row["position"]
    assert save_flow("orders-to-warehouse", row) == []
    assert Configuration.objects.get().version == version
    (change,) = save_flow("orders-to-warehouse", row | {"grace": row["cadence"]})
    assert str(change) == "~ flow orders-to-warehouse grace: 2h → 15m"
    assert Configuration.objects.get().version == version + 1
    save_flow("a-second", row)
    assert list(Flow.objects.values_list("key", "position")) == [("orders-to-warehouse", 0), ("a-second", 1)]


@pytest.mark.django_db
def test_what_is_left_after_a_removal_is_dumped_and_loaded_as_the_same():
    load(RICH)
    row = stored_row(Flow.objects.get())
    del row["position"]
    for key in ("second", "third"):
        save_flow(key, row)
    remove_flow("second")
    assert load(dump()) == []
    both = '[[systems]]\nkey = "{}"\nkind = "erp"\n'
    load("".join(map(both.format, "abcd")))
    assert [change.thing for change in load("".join(map(both.format, "dxb")))]
    assert load("".join(map(both.format, "dxb"))) == []
    assert list(System.objects.values_list("key", "position")) == [("d", 0), ("x", 1), ("b", 2)]


@pytest.mark.django_db
def test_words_are_mapped_again_and_no_longer():
    load(RICH)
    at = ("warehouse", "order", "despatched")
    assert save_words("statuses", {at: {"raw": "DESPATCHED", "canonical": "fulfilled"}}) == []
    save_words("statuses", {at: {"raw": "Despatched", "canonical": "closed"}})
    assert StatusMapping.objects.get(system="warehouse").canonical == "closed"
    assert len(remove_words("statuses", [at, ("warehouse", "order", "never heard")])) == 1
    assert not StatusMapping.objects.filter(system="warehouse").exists()


@pytest.mark.django_db
def test_a_system_that_a_flow_names_is_not_left_out():
    load(RICH)
    with pytest.raises(SystemInUse, match="orders-to-warehouse"):
        remove_system("warehouse")
    remove_flow("orders-to-warehouse")
    assert {change.thing for change in remove_system("warehouse")} == {
        "system warehouse",
        "statuses warehouse order despatched",
        "customers warehouse ACME01",
        "skus warehouse 4711-02",
    }
