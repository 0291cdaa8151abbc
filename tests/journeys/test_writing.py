"""A retry from the exception: allowed by an admin, shown, sent by a worker, answered or refused in their words."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from connectors.models import Connection
from connectors.simulating import served
from exceptions.models import ExceptionCase
from exceptions.tasks import write
from tests.exceptions.people import someone
from tests.exceptions.written import celigo_retry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def retry():
    made = celigo_retry()
    Connection.objects.update(writes_allowed=[])
    made.clock.now = timezone.now()
    with served(made.vendor) as address:
        Connection.objects.update(settings=made.connection.settings | {"base": address})
        yield made


def worker(retry):
    retry.clock.now = timezone.now()
    return write(retry.change.pk)


def test_an_admin_allows_it_and_the_owner_sees_it_before_and_after(retry, desk):
    admin = desk(someone("sam", "admin"))
    admin.goto("/connections")
    admin.get_by_label("Retry a failed record").check()
    expect(admin.get_by_label("One person may decide alone")).to_be_checked()
    admin.get_by_label("Save what may be written into celigo").click()
    expect(admin.locator(".alert").first).to_contain_text("1 of its changes may be made")

    page = desk(retry.owner)
    page.goto(f"/exceptions/{retry.case.pk}")
    page.get_by_role("link", name="Retry the sync in Celigo").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("Celigo sends 103 again through f2/s1")
    panel.get_by_text("word for word").click()
    expect(panel.locator("pre")).to_contain_text('"retryDataKeys"')
    page.get_by_role("button", name="Do it in Celigo").click()
    expect(page.locator("#writes")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("waits to be sent")
    assert retry.effects() == 0

    assert worker(retry) == "done"
    page.reload()
    expect(page.locator("#content")).to_contain_text("celigo answered: it is done.")
    expect(page.locator("#content")).to_contain_text("fix applied")
    assert retry.effects() == 1


def test_what_the_vendor_refuses_is_the_owners_again_with_its_words(retry, desk):
    Connection.objects.update(writes_allowed=["retry"])
    page = desk(retry.owner)
    page.goto(f"/exceptions/{retry.case.pk}")
    page.get_by_role("link", name="Retry the sync in Celigo").click()
    page.get_by_role("button", name="Do it in Celigo").click()
    expect(page.locator("#content")).to_contain_text("waits to be sent")
    retry.vendor.may_retry = False
    assert worker(retry) == "refused"
    page.reload()
    expect(page.locator("#content")).to_contain_text("This token may not retry errors")
    expect(page.get_by_role("link", name="Retry the sync in Celigo")).to_be_visible()
    assert ExceptionCase.objects.get().state == "in_progress"
