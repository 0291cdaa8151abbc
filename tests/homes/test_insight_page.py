"""The page Insight: what its numbers lead to, which windows it takes, and that nobody waits for it."""

from datetime import timedelta
from decimal import Decimal

import pytest
import redis
from django.conf import settings as conf
from django.utils import timezone

from exceptions.company import in_company_time
from exceptions.homes import figures, insight, insight_page
from exceptions.tasks import keep_charts, take_charts
from reconciliation.models import UnmappedWord
from tests.exceptions.people import case, someone
from tests.homes.past import CLOSES, NOW, ago, happened, window


@pytest.mark.django_db
def test_each_number_of_a_day_and_each_time_leads_to_its_exceptions(client):
    ann = someone("ann", "agent", team="finance")
    for number, move in enumerate(CLOSES):
        known = case(f"gone:{number}", state=CLOSES[move][1], closed_at=ago(1), first_seen=ago(3))
        happened(known, "detect", 3)
        happened(known, "claim", 2)
        happened(known, move, 1, **({"resolution": "link_order"} if move == "verify" else {}))
    client.force_login(ann.user)
    with in_company_time():
        shown = insight_page.charts(window(5))
    led = 0
    for row in shown.flow.rows:
        for number, address in row.cells:
            assert client.get(address).context["page"].total == number
            led += number
    assert led == 10 + 2 * len(CLOSES), "and open at the end of two days"
    assert client.get(shown.to_claim.bars[0].address).context["page"].total == 5
    assert client.get(shown.to_resolve.bars[0].address).context["page"].total == 3
    of = {bar.label: bar.address for bar in shown.reopened.bars}
    assert client.get(of["Healed by itself"]).context["page"].total == 2
    assert client.get(next(address for label, address in of.items() if "ink" in label)).context["page"].total == 1


@pytest.mark.django_db
def test_what_was_open_on_a_day_is_asked_of_the_day_itself_however_often_it_turned(client):
    came_back = case("came back", kind="stock_drift", first_seen=ago(4), amount=Decimal(7), currency="GBP")
    for move, days in (("detect", 4), ("auto-resolve", 3), ("regress", 1)):
        happened(came_back, move, days)
    healed = case("healed", kind="stock_drift", state="resolved", closed_at=ago(2), amount=Decimal(5), currency="GBP")
    happened(healed, "detect", 4)
    happened(healed, "auto-resolve", 2)
    client.force_login(someone("ann", "agent", team="finance").user)
    with in_company_time():
        shown = insight_page.charts(window(6))
    counts = [0, 2, 1, 0, 1, 1]
    for chart in (shown.drift, shown.risk):
        assert [client.get(row.addresses[0]).context["page"].total for row in chart.rows] == counts
    assert [row.numbers[0] for row in shown.drift.rows] == counts
    assert [row.numbers[0] for row in shown.risk.rows] == [0, 12, 5, 0, 7, 7]
    assert client.get("/queue?q=open:yesterday state:any").context["page"].terms[0].problem


@pytest.mark.django_db
def test_any_window_can_be_chosen_and_says_its_days(client):
    known = case("old", state="resolved", closed_at=ago(20), first_seen=ago(30))
    happened(known, "detect", 30)
    happened(known, "auto-resolve", 20)
    client.force_login(someone("vic", "viewer").user)
    page = client.get("/insight?from=2026-08-28&to=2026-09-05").context["page"]
    assert (str(page.first), str(page.last), page.window) == ("2026-08-28", "2026-09-05", "chosen")
    assert [sum(row.numbers[0] for row in page.charts.flow.rows), len(page.charts.flow.rows)] == [1, 9]
    for wrong in ("from=2026-09-05&to=2026-08-28", "from=x&to=y", "from=2026-09-05", "from=0001-01-01&to=9999-12-31"):
        assert client.get(f"/insight?{wrong}").context["page"].window == "30"


@pytest.fixture
def asked():
    """How many tasks wait for a worker, of which there is none."""
    queue = f"{conf.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}celery"
    with redis.Redis.from_url(conf.REDIS_URL) as client:
        client.delete(queue)
        yield lambda: client.llen(queue)
        client.delete(queue)


@pytest.mark.django_db
def test_where_charts_take_long_nobody_waits_for_them(client, asked, own_figures):
    known = case("open", first_seen=ago(1))
    happened(known, "detect", 1)
    own_figures.set(insight_page.TOOK, 4.2)
    client.force_login(someone("vic", "agent", team="finance").user)
    first = client.get("/insight?days=7")
    assert first.context["page"].charts is None
    assert "The checks have not run yet" in first.content.decode()
    again = client.get("/insight?days=7", headers={"HX-Request": "true"})
    assert (again.status_code, asked()) == (204, 1), "whoever asks, one worker takes them"
    assert "Ageing" not in first.content.decode()
    assert client.get("/tables/insight-flow.csv?days=7").status_code == 200, "a file is waited for, and kept"
    assert 'id="figures"' in client.get("/insight?days=7", headers={"HX-Request": "true"}).content.decode()
    later = insight_page.insight_page({"days": "7"}, at=timezone.now() + timedelta(hours=5))
    assert later.is_old, "shown with its moment until a worker has taken newer ones"
    assert later.charts is not None
    take_charts({"days": "7", "kind": "stock_drift"})
    drift = client.get("/insight?days=7&kind=stock_drift").context["page"]
    assert (drift.is_old, drift.charts.flow.is_empty) == (False, True)


@pytest.mark.django_db
def test_what_everybody_meets_first_is_taken_ahead_where_it_is_slow(client, own_figures):
    assert keep_charts(), "nobody knows yet how long it takes"
    assert not keep_charts(), "it is quick"
    own_figures.set(insight_page.TOOK, 4.2)
    assert keep_charts()
    client.force_login(someone("vic", "viewer").user)
    assert client.get("/insight").context["page"].charts is not None


@pytest.mark.django_db
def test_a_cause_leads_to_its_rows_and_its_title_names_it(client):
    group = "00000000-0000-0000-0000-000000000007"
    UnmappedWord.objects.create(group_key=group, of="order", system="wms", raw="ON HOLD", record=group, changed_at=NOW)
    for number in range(2):
        case(f"word:{number}", group_key=group, amount=Decimal(20), currency="GBP")
        case(f"price:{number}", kind="price_mismatch", customer="O'B & <x>", amount=Decimal(5), currency="GBP")
    case("other", kind="missing_po", customer="O'B & <x>", amount=Decimal(5), currency="GBP")
    client.force_login(someone("ann", "viewer").user)
    chart = figures.cause_bars(insight.causes(window(), "GBP"))
    assert chart.title == "The unmapped word wms:ON HOLD stands behind 40.00 GBP"
    for bar in chart.bars:
        assert client.get(bar.address).context["page"].total == 2, bar.address


@pytest.mark.django_db
def test_the_page_takes_any_words_in_its_address(client):
    case("one", customer="C-1", amount=Decimal(5), currency="GBP")
    client.force_login(someone("ann", "viewer").user)
    for asked in (
        "days=x&kind=no&team=<b>&flow='&currency=XXXX",
        "customer=%00%27&days=90",
        "currency=EUR&kind=missing_po",
    ):
        answer = client.get(f"/insight?{asked}")
        assert answer.status_code == 200, asked
    assert client.get("/insight?customer=C-1&days=7").context["page"].charts.at_risk.bars[0].text == "5.00 GBP"
