"""A ReBound account with a past."""

import copy
import json
from datetime import timedelta

import pytest

from connectors.rebound.simulator import Rebound
from tests.connectors.reading import PAYLOADS
from tests.connectors.vendors import BEGIN, Clock, connected

SAMPLE = json.loads((PAYLOADS / "rebound" / "return.json").read_text(encoding="utf-8"))
PUSHED = json.loads((PAYLOADS / "rebound" / "pushed.json").read_text(encoding="utf-8"))


def returned(number, *, days=2, **said):
    """A return that was added `days` ago and is not inspected."""
    at = f"{BEGIN - timedelta(days=days, minutes=-number):%Y-%m-%d %H:%M:%S}"
    found = copy.deepcopy(SAMPLE) | {"id": str(number), "display_id": f"RB-{number}", "order_reference": f"#{number}"}
    found["item"][0]["final_disposition"] = None
    return found | {"date_added": at, "tracking_last_update": at, "current_tracking_status": "In transit"} | said


@pytest.fixture
def accounts(db):
    """A function that connects an account of some returns: (connection, simulator, clock)."""

    def make(count=5):
        clock = Clock()
        account = Rebound(clock)
        account.returns = [returned(number, days=number % 3 * 9) for number in range(1, count + 1)]
        secrets = {"api_key": account.api_key, "webhook_secret": account.webhook_secret}
        return connected("rebound", settings={"login": account.login}, secrets=secrets), account, clock

    return make
