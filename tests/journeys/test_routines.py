"""What is done every day and now and then: a team's checks, a runbook in our own words, the handbook on paper."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from exceptions.checklists.rounds import note_missed
from exceptions.models import ChecklistRound, RoundItem, RunbookVersion
from exceptions.notify import tell_news
from reconciliation.topology import load
from tests.checks.conftest import TOPOLOGY
from tests.exceptions.test_checklists import listed
from tests.journeys.test_money import credited

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = re.compile(rb"/Type\s*/Page[^s]")


@pytest.fixture
def missed_round(company):
    """A list of operations with one item of each sort, due an hour ago."""
    now = timezone.now()
    made = listed(name="Each morning")
    turn = ChecklistRound.objects.create(
        checklist=made, period="today", opens_at=now - timedelta(hours=4), due_at=now - timedelta(hours=1)
    )
    for place, item in enumerate(
        (
            {"sort": "automatic", "text": "No feed is silent", "query": "silent_feeds"},
            {"sort": "guided", "text": "Orders that are stuck", "queue": "kind=order_stuck"},
            {"sort": "manual", "text": "The dock was swept"},
        ),
        start=1,
    ):
        RoundItem.objects.create(round=turn, position=place, **item)
    return turn


def test_a_missed_checklist_reaches_its_team_which_works_through_it_and_signs(missed_round, company, desk):
    note_missed(at=timezone.now())
    tell_news(at=timezone.now())
    oli, fay = desk(company.oli), desk(company.fay)
    oli.goto("/inbox")
    oli.click("text=Missed by the team ops: Each morning")
    expect(oli).to_have_url(re.compile(rf"/checklists\?round=\d+#round-{missed_round.pk}$"))
    turn = oli.locator(f"#round-{missed_round.pk}")
    turn.locator("text=Ask the automatic ones now").click()
    expect(turn).to_contain_text("automatic: in order, 0 found")
    turn.locator("text=Orders that are stuck").first.click()
    expect(oli).to_have_url(re.compile(r"/queue\?kind=order_stuck"))
    oli.go_back()
    turn.locator("li", has_text="Orders that are stuck").locator("button[value=ok]").click()
    swept = turn.locator("li", has_text="The dock was swept")
    swept.locator("[name=note]").fill("the broom is gone")
    swept.locator("button[value=not_ok]").click()
    turn.locator(".round-sign button:has-text('Sign')").click()
    expect(oli.locator("#content")).to_contain_text("Say what is done about it: The dock was swept.")
    turn.locator(".round-sign [name=note]").fill("a new one is ordered")
    turn.locator(".round-sign button:has-text('Sign')").click()
    expect(turn).to_contain_text("late: due")
    fay.goto("/checklists")
    expect(fay.locator(f"#round-{missed_round.pk} summary")).to_contain_text("by Oli, not in order")
    expect(fay.locator(f"#round-{missed_round.pk} button")).to_have_count(0)


def test_a_runbook_in_our_own_words_stands_beside_the_case_until_the_shipped_one_is_brought_back(brand, company, desk):
    credited(brand, "17.00")
    brand.found("credit_value_mismatch", 300)
    case = brand.case("credit_value_mismatch")
    sam, fay = desk(company.sam), desk(company.fay)
    sam.goto("/settings/runbooks/credit_value_mismatch")
    text = sam.locator("textarea[name=text]")
    text.fill(text.input_value().replace("1. Too much:", "1. Ring the warehouse.\n1. Too much:"))
    sam.click("text=Store as version 1")
    expect(sam.locator("ins")).to_have_text("+ 1. Ring the warehouse.")
    fay.goto(f"/exceptions/{case.pk}")
    fay.click("button[data-key=m]")
    fay.click("#runbook summary")
    fay.click("[aria-label='Done: Ring the warehouse.']")
    expect(fay.locator("#runbook summary")).to_contain_text("1 of 4 steps done")
    sam.click("text=Go back to the shipped text")
    expect(sam.locator("ins")).to_have_count(0)
    assert [version.text is None for version in RunbookVersion.objects.order_by("number")] == [False, True]
    fay.goto(f"/exceptions/{case.pk}")
    expect(fay.locator("#runbook")).not_to_contain_text("Ring the warehouse")
    expect(fay.locator("#runbook summary")).to_contain_text("0 of 3 steps done")


def test_the_handbook_is_printed_without_what_can_only_be_clicked_and_fits_its_paper(company, desk):
    load(TOPOLOGY, dry_run=False)
    sam = desk(company.sam, viewport={"width": 794, "height": 1123})
    sam.goto("/handbook")
    sam.click("text=Issue it")
    expect(sam.locator("#content")).to_contain_text("nothing has changed since")
    sam.emulate_media(media="print")
    expect(sam.locator("nav[aria-label=Chapters]")).to_be_hidden()
    expect(sam.locator("h2#flows-drawn")).to_be_visible()
    expect(sam.locator("section[aria-labelledby=flows-drawn] svg")).to_be_visible()
    assert sam.evaluate("document.documentElement.scrollWidth <= innerWidth")
    printed = sam.pdf(format="A4")
    assert printed.startswith(b"%PDF-")
    assert len(PAGE.findall(printed)) > 3
