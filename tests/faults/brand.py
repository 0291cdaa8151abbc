"""What the product knows before the first fault: the topology, its connections, and people at work."""

import io
from datetime import timedelta

from django.utils import timezone

from connectors.credentials import keep_secret
from connectors.lines import read_lines
from connectors.models import Connection
from connectors.sample_brand.brand import sample_topology
from exceptions.models import SCOPES, AcceptanceLimit, ExceptionCase, Membership, Team
from exceptions.people.tokens import create_token
from exceptions.reconciling import reconcile
from reconciliation.declarations import checks
from reconciliation.intake import take_in
from reconciliation.models import CustomerAlias
from reconciliation.topology import load
from tests.exceptions.people import bands, someone

OFTEN = """
[[flows]]
key = "often-to-{system}"
record = "product"
source = "ipaas"
target = "{system}"
cadence = "15s"
grace = "1d"
"""
AS_CONNECTED = {  # of the sample brand's systems: each that can be read is of a vendor that is
    'vendor = "generic"': 'vendor = "celigo"',
    'kind = "erp"\nvendor = "file"': 'kind = "erp"\nvendor = "xero"',
    'kind = "warehouse"\nvendor = "file"': 'kind = "warehouse"\nvendor = "shipbob"',
    'kind = "rebound"': 'kind = "swap"',
    'name = "Shopify"': 'name = "Shopify"\nrequires = { order = ["purchase_order"] }',
}


def prepare(given):
    """The text of a token for everything.

    `given`: the connections, the customers whom the ERP calls as all do, and lines that are refused, for a first run.
    """
    load(_topology())
    for said in given["connections"]:
        made = Connection.objects.create(**{name: value for name, value in said.items() if name != "secrets"})
        for name, value in said["secrets"].items():
            keep_secret(made, name, value, at=timezone.now())
    CustomerAlias.objects.bulk_create(
        CustomerAlias(system_id="erp", raw=one, raw_key=one, canonical=one, canonical_key=one)
        for one in given["customers"]
    )
    bands(up_to="100000", per_exception="100000", per_month="1000000")
    person = someone("amira", "agent", "lead", "approver", "finance_controller").user
    for key in sorted({check.team for check in checks().values()}):
        team = Team.objects.get_or_create(key=key, defaults={"name": key})[0]
        Membership.objects.create(team=team, person=person, is_lead=True)
    someone("tom", "agent", team="finance")
    nina = someone("nina", "agent").user
    Membership.objects.bulk_create(Membership(team=team, person=nina) for team in Team.objects.all())
    AcceptanceLimit.objects.filter(currency="EUR").delete()  # nobody may take any of it alone
    if given["refused"]:
        _run_first(given["refused"])
    until = timezone.now() + timedelta(days=1)
    return create_token(name="faults", scopes=list(SCOPES), expires_at=until, by=person)[1]


def _run_first(refused):
    """It has been set up: the first run, which waits for readings and words, is made, and has found something."""
    now = timezone.now()
    take_in(read_lines(io.BytesIO("\n".join(refused).encode())), source="faults", clock=timezone.now)
    reconcile(as_of=now, now=now)
    assert ExceptionCase.objects.exists()


def address_of(system):
    """The path that a connected system delivers to."""
    return f"/hooks/{Connection.objects.get(system=system).hook_key}"


def _topology():
    """The systems are of vendors that can be read, and are read often; the shop's orders need a PO number, too."""
    text = sample_topology()
    for usual, here in AS_CONNECTED.items():
        assert usual in text
        text = text.replace(usual, here)
    return text + "".join(OFTEN.format(system=system) for system in ("erp", "shopify", "rebound", "warehouse"))
