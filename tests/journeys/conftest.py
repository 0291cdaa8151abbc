"""People at their desks: each in a browser of their own, signed in; nothing on a console is left unread."""

import io
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.topology import load
from tests.cached import forget
from tests.checks.conftest import brand  # noqa: F401
from tests.exceptions.people import bands, someone, teams
from tests.kept import kept


@pytest.fixture
def company(request, db):
    """Somebody of each trade, under tight limits; stored for good only where a browser is served."""
    forget()
    return kept("filled", filled_company) if "filled" in request.fixturenames else small_company()


@pytest.fixture
def filled(company):
    """Harbour & Pine with few orders, reconciled, and somebody who may open everything."""
    return company.ida


def small_company():
    bands(per_exception="1", per_month="5")
    teams()
    return SimpleNamespace(
        tom=someone("tom", "agent", team="cx"),
        lea=someone("lea", "agent", "lead", team="cx", lead=True),
        fay=someone("fay", "agent", team="finance"),
        amira=someone("amira", "finance_controller", "approver", "agent", team="finance"),
        oli=someone("oli", "agent", team="ops"),
        jo=someone("jo", "agent", "lead", team="ops", lead=True),
        sam=someone("sam", "admin", "agent", team="admin"),
    )


def filled_company():
    company, made = small_company(), sample_brand(timezone.now(), orders=150, times=1)
    load(made.topology, dry_run=False)
    take_in(read_lines(io.BytesIO("\n".join(made.lines).encode())), source="brand", clock=timezone.now)
    reconcile(as_of=timezone.now(), now=timezone.now())
    company.ida = someone("ida", "admin", "finance_controller", "agent", team="finance")
    return company


@pytest.fixture
def desk(browser, live_server):
    """Opens a browser as a person; the console of each has to stay empty, also of complaints about our policy."""
    opened, complaints = [], []

    def open_desk(person, **how):
        client, context = Client(), browser.new_context(base_url=live_server.url, **how)
        client.force_login(person.user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_desk
    for context in opened:
        context.close()
    assert complaints == []
