"""Each field of an outcome is carried by a platform's mapper, or its README says that it does not have it."""

import pytest

from connectors.registry import connector
from tests.connectors import reading
from tests.connectors.ipaas.platforms import error, job
from tests.connectors.ipaas.test_boomi import document
from tests.connectors.ipaas.test_patchworks import log, run
from tests.connectors.ipaas.test_push import outcome
from tests.connectors.test_fields import asked, carried, lacking
from tests.connectors.vendors import BEGIN

SETTINGS = {"flows": "t = f : return : rma", "statuses": "3=failed"}
LOG = log(1, "error", "RMA-1 is unknown")
LOG["attributes"]["flow_step_name"] = "Send refund"
AT = {"at": BEGIN.isoformat()}
ITEMS = {
    "celigo": ("errors", {"step": "t", "resolved": False, "error": error(1)}),
    "workato": ("jobs", {"recipe": "t", "job": job(1, failed=True)}),
    "boomi": ("documents", {"process": "t", "document": document("d", "e", "RMA-1", "ERROR")}),
    "patchworks": ("runs", {"flow": "t", "run": run(1, 3), "log": LOG}),
}


def fields_of(vendor, feed, item):
    made = connector("ipaas", vendor)
    told = reading.records(made, feed, item, settings=SETTINGS, flows=("f",))
    return {one for record in told for one in carried(record)}


@pytest.mark.parametrize("vendor", ITEMS)
def test_each_field_of_an_outcome_is_carried_or_said_to_lack(vendor):
    of_outcomes = {one for one in asked() if one[0] == "outcome"}
    assert of_outcomes - fields_of(vendor, *ITEMS[vendor]) == set(lacking(f"ipaas/{vendor}"))


def test_what_is_pushed_may_say_all():
    more = {"flow": "f", "attempt": 2, "target_id": "T-1", "error": {"code": "timeout", "message": "m", "field": "sku"}}
    item = outcome(**more, record={"type": "return", "id": "R-1", "refs": {"rma": "R-1"}}) | AT
    assert fields_of("generic", "pushed", item) >= {one for one in asked() if one[0] == "outcome"}
