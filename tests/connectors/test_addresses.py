"""Where each vendor is asked, as its documentation says: no simulator would notice another address."""

import pytest

from connectors.erp.xero import client as xero
from connectors.registry import connector

ADDRESSES = {
    ("rebound", ""): "https://intelligentreturns.net/api",
    ("swap", ""): "https://api-gateway.swap-os.com/returns-api",
    ("returngo", ""): "https://api.returngo.ai",
    ("warehouse", "shipbob"): "https://api.shipbob.com",
    ("warehouse", "mintsoft"): "https://api.mintsoft.co.uk",
    ("ipaas", "celigo"): "https://api.integrator.io",
    ("ipaas", "workato"): "https://www.workato.com",
    ("ipaas", "boomi"): "https://api.boomi.com/api/rest/v1",
    ("ipaas", "patchworks"): "https://core.wearepatchworks.com",
}


@pytest.mark.parametrize(("kind", "vendor"), ADDRESSES)
def test_a_vendor_is_asked_where_it_says_it_answers(kind, vendor):
    (usual,) = [setting.default for setting in connector(kind, vendor).settings if setting.name == "base"]
    assert usual == ADDRESSES[kind, vendor]


def test_xero_is_asked_where_it_says_it_answers():
    assert xero.API + xero.PATH == "https://api.xero.com/api.xro/2.0"
    assert xero.IDENTITY == "https://identity.xero.com"
