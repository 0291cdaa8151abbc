"""An integration platform (Celigo): records fail there and are retried at our request, and outcomes are pushed."""

import json
from datetime import timedelta

from connectors.ipaas.celigo.simulator import Celigo
from connectors.ipaas.generic.simulator import SECRET, push_of
from tests.faults.systems.outside import Outside, now

ERRORS = 6
STEP, FLOW, PUSHED = "f1/s1", "orders-to-shopify", "orders-to-rebound"


class Layer(Outside):
    system, kind, vendor, writes = "ipaas", "ipaas", "celigo", ("retry",)

    def __init__(self, story, dice):
        super().__init__(Celigo(now), story, dice)
        self.orders, self.pushed = list(story.orders), []
        self.dice.shuffle(self.orders)
        self.simulator.errors = [(STEP, self._error(number, story.moment)) for number in range(ERRORS)]

    def settings(self):
        return {"flows": f"{STEP} = {FLOW} : order : sales_order"}

    def secrets(self):
        return {"token": self.simulator.token, "webhook_secret": SECRET}

    def changes(self):
        return (self._new_error, self._push)

    def holds(self):
        return [("outcome", one["errorId"]) for _, one in self.simulator.errors + self.simulator.resolved]

    def _new_error(self):
        """A record that failed there, of which nobody tells."""
        with self.simulator.lock:
            number = len(self.simulator.errors) + len(self.simulator.resolved)
            self.simulator.errors.append((STEP, self._error(number, now())))
        return []

    def _push(self):
        """An order that failed to arrive and then did: two words of one outcome, which are delivered in any order."""
        number = len(self.pushed)
        id, sales_order = self.orders[-1 - number]
        said = {"id": f"push-{number}", "flow": PUSHED, "result": "failed", "error": {"code": "timeout"}}
        said |= {"record": {"type": "order", "id": id, "refs": {"sales_order": sales_order}}}
        at = self.story.moment + timedelta(seconds=number)
        told = [said | {"at": at.isoformat()}]
        told.append(said | {"at": (at + timedelta(minutes=1)).isoformat(), "result": "success", "error": None})
        made = [found for word in told for found in self._pushed(word)]
        self.pushed += made
        return made

    def _pushed(self, word):
        id, body = f"{word['id']}-{word['result']}", json.dumps(word).encode()
        return self.delivered(id, lambda: (push_of(body, at=now(), id=id), body), always=True)

    def _error(self, number, at):
        said = {"occurredAt": f"{at:%Y-%m-%dT%H:%M:%S}Z", "source": "application", "code": "response_failure"}
        said |= {"traceKey": self.orders[number][1], "message": "The address has no postcode"}
        return said | {"errorId": f"e{number}", "retryDataKey": f"rdk-{number}", "classification": "value"}
