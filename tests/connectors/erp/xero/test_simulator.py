"""The simulated organisation refuses what Xero refuses."""

import httpx
import pytest

from connectors.erp.xero.simulator import Xero
from tests.connectors.erp.xero.organisation import cn, note
from tests.connectors.vendors import Clock

BASIC = {"Authorization": "Basic Y2xpZW50LTE6eGVyby1odXNoLWh1c2g="}


@pytest.fixture
def organisation():
    organisation = Xero(Clock())
    for number in range(1, 6):
        organisation.put("CreditNotes", note(number))
    return organisation


def ask(organisation, path, headers=None, method="GET", **asked):
    return organisation.handle(httpx.Request(method, f"https://api.xero.com{path}", headers=headers, **asked))


def refreshed(organisation, token):
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return ask(organisation, "/connect/token", BASIC, "POST", data=form)


def signed_in(organisation):
    token = refreshed(organisation, list(organisation.refresh_tokens)[-1]).json()["access_token"]
    return {"Authorization": f"Bearer {token}", "xero-tenant-id": organisation.tenant}


def test_a_used_refresh_token_and_a_token_count_for_half_an_hour(organisation):
    told = refreshed(organisation, "refresh-0").json()
    assert (told["expires_in"], told["refresh_token"]) == (1800, "refresh-1")
    organisation.clock.pass_by(minutes=29)
    assert refreshed(organisation, "refresh-0").json()["refresh_token"] == "refresh-2"
    organisation.clock.pass_by(minutes=1)
    assert refreshed(organisation, "refresh-0").json() == {"error": "invalid_grant"}
    headers = signed_in(organisation)
    assert ask(organisation, "/api.xro/2.0/CreditNotes", headers).status_code == 200
    organisation.clock.pass_by(minutes=30)
    assert ask(organisation, "/api.xro/2.0/CreditNotes", headers).status_code == 401


def test_every_call_names_the_organisation(organisation):
    headers = signed_in(organisation)
    del headers["xero-tenant-id"]
    assert ask(organisation, "/api.xro/2.0/CreditNotes", headers).status_code == 403


@pytest.mark.parametrize("where", ["Type=ACCRECCREDIT", 'Type=="ACCRECCREDIT"&&', "Date>DateTime(2026,1,1)", "Type"])
def test_a_filter_that_cannot_be_read_is_no_filter_of_nothing(organisation, where):
    told = ask(organisation, "/api.xro/2.0/CreditNotes", signed_in(organisation), params={"where": where})
    assert (told.status_code, told.json()["Type"]) == (400, "QueryParseException")


def test_a_filter_of_several_parts(organisation):
    for where, count in (('Type=="ACCRECCREDIT"', 5), ('Type=="ACCRECCREDIT"&&Status=="NONE"', 0)):
        told = ask(organisation, "/api.xro/2.0/CreditNotes", signed_in(organisation), params={"where": where}).json()
        assert len(told["CreditNotes"]) == count


def test_pages_are_counted(organisation):
    told = ask(organisation, "/api.xro/2.0/CreditNotes?page=2&pageSize=2", signed_in(organisation)).json()
    assert told["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 3, "itemCount": 5}
    assert len(told["CreditNotes"]) == 2
    assert ask(organisation, "/api.xro/2.0/CreditNotes?pageSize=1001", signed_in(organisation)).status_code == 400


@pytest.mark.parametrize("said", ["Fri, 20 Nov 2026 12:00:00 GMT", "2026-11-20T12:00:00", "2026-11-20"])
def test_dates_of_other_forms_are_refused(organisation, said):
    headers = signed_in(organisation) | {"If-Modified-Since": said}
    told = ask(organisation, "/api.xro/2.0/CreditNotes", headers)
    assert (told.status_code, told.json()["Type"]) == (400, "ValidationException")


def test_only_what_changed_since_is_listed(organisation):
    headers = signed_in(organisation) | {"If-Modified-Since": "2026-11-20T12:00:01Z"}
    assert ask(organisation, "/api.xro/2.0/CreditNotes", headers).json()["CreditNotes"] == []


def test_limits_are_told_and_kept(organisation):
    headers = signed_in(organisation)
    told = ask(organisation, "/api.xro/2.0/CreditNotes", headers)
    assert (told.headers["X-MinLimit-Remaining"], told.headers["X-DayLimit-Remaining"]) == ("59", "4999")
    organisation.minute.left = 0
    assert ask(organisation, "/api.xro/2.0/CreditNotes", headers).status_code == 429
    organisation.clock.pass_by(seconds=60)
    organisation.day.left = -100
    told = ask(organisation, "/api.xro/2.0/CreditNotes", headers)
    assert (told.status_code, told.headers["X-Rate-Limit-Problem"]) == (429, "day")


def test_a_document_by_id_and_number(organisation):
    headers = signed_in(organisation)
    for name in (cn(2), "CN-0002"):
        told = ask(organisation, f"/api.xro/2.0/CreditNotes/{name}", headers).json()
        assert told["CreditNotes"][0]["CreditNoteID"] == cn(2)
    assert ask(organisation, "/api.xro/2.0/CreditNotes/none", headers).status_code == 404
