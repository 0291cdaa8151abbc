"""What goes on meanwhile: records and deliveries arrive out of order and repeated, outside systems change, and people
note things, have exceptions settled elsewhere, and close a month."""

import threading
import time
from datetime import UTC, datetime, timedelta
from random import Random

from tests.faults.agreeing import Agreeing
from tests.faults.closing import Closing
from tests.faults.deciding import RESOLUTIONS, Deciding, number_of
from tests.faults.story import CURRENCY

LINES_AT_ONCE = 60
REPEATED = 0.1
CHANGES = 80
TIMES = 5  # each delivery
NOTES = 20  # at least
LONGEST_END = 900  # seconds, after the last fault
EARLY, TOLD_BY, NOTED_BY, AGREED_BY, CLOSED_FROM = 0.1, 0.55, 0.75, 0.8, 0.85  # parts of the faults
WAIVED_FOR = timedelta(days=30)


class Work:
    """Hands that work until the faults are over, and then finish. `done`: the notes that were acknowledged."""

    def __init__(self, product, story, vendors, *, seed):
        self.product, self.story, self.vendors, self.dice = product, story, vendors, Random(seed + 1)
        self.done, self.delivered, self.failed = {}, set(), []
        self.waiting, self.changed = [], threading.Event()
        self.deciding, self.closing = Deciding(product), Closing(product, story.month)
        self.agreeing = Agreeing(product, until=f"{datetime.now(UTC) + WAIVED_FOR:%Y-%m-%d}")
        does = (self._send, self._change, self._deliver, self._note_things, self._agree, self._decide, self._close)
        self.hands = [threading.Thread(target=self._hand, args=[hand], daemon=True) for hand in does]

    def begin(self):
        for hand in self.hands:
            hand.start()

    def is_on(self):
        return any(hand.is_alive() for hand in self.hands)

    def finish(self):
        """Every line and delivery is sent by then, and the month is closed."""
        over = time.monotonic() + LONGEST_END
        for hand in self.hands:
            hand.join(max(over - time.monotonic(), 0))
        if self.failed:
            raise self.failed[0]
        if self.is_on():
            raise RuntimeError(f"The work does not end though nothing disturbs it any more. {self.summary}")

    @property
    def month(self):
        return [self.story.month, CURRENCY]

    @property
    def claims(self):
        """What was acknowledged, or seen to have happened."""
        signed = {"reasons": self.closing.reasons, "acts": len(self.closing.seen)}
        agreed = {name: sorted(getattr(self.agreeing, name)) for name in ("proposed", "approved", "linked")}
        return {"delivered": sorted(self.delivered), "decided": sorted(self.deciding.decided)} | signed | agreed

    @property
    def summary(self):
        holds = self.vendors.holds()
        made = f"{len(holds['retries'])} retries and {len(holds['drafts'])} drafts made there"
        acts = f"{len(self.closing.seen)} acts of closing, {len(self.closing.reasons)} of them openings"
        taken = f"{len(self.delivered)} deliveries taken, each {TIMES} times"
        agreed = f"{len(self.agreeing.approved)} of {len(self.agreeing.proposed)} proposals approved"
        decided = f"{len(self.deciding.decided)} exceptions decided, {len(self.agreeing.linked)} linked, {agreed}"
        return f"{taken}; {decided}, {made}; {acts}."

    def _hand(self, does):
        try:
            does()
        except Exception as failure:
            self.failed.append(failure)

    def _until(self, part):
        """Waits until so many of the faults were met, or somebody's work has failed."""
        while self.product.progress < part and not self.failed:
            time.sleep(0.2)

    def _send(self):
        early, late = self._batches(self.story.early), self._batches(self.story.late)
        shares = [EARLY * number / len(early) for number in range(len(early))]
        shares += [EARLY + (TOLD_BY - EARLY) * number / len(late) for number in range(len(late))]
        for share, batch in zip(shares, early + late, strict=True):
            self._until(share)
            body = "\n".join(batch).encode()
            answer = self.product.answered(
                "POST", "/api/v1/records", content=body, headers={"Content-Type": "application/x-ndjson"}
            )
            assert answer.status_code == 200, answer.text

    def _batches(self, lines):
        lines = list(lines)
        self.dice.shuffle(lines)
        batches = [lines[begin : begin + LINES_AT_ONCE] for begin in range(0, len(lines), LINES_AT_ONCE)]
        return batches + [batch for batch in batches if self.dice.random() < REPEATED]

    def _change(self):
        """What the outside systems then deliver waits, each five times, for whoever sends it."""
        for number in range(CHANGES):
            self._until(TOLD_BY * number / CHANGES)
            self.waiting += [delivery for delivery in self.vendors.change() for _ in range(TIMES)]
        self.changed.set()

    def _deliver(self):
        """In any order, each until it is taken."""
        dice = Random(0)
        while not self.failed and (self.waiting or not self.changed.is_set()):
            if not self.waiting:
                time.sleep(0.2)
                continue
            delivery = self.waiting.pop(dice.randrange(len(self.waiting)))
            if self._taken(delivery):
                self.delivered.add((delivery.system, delivery.name))
            else:
                self.waiting.append(delivery)
                time.sleep(0.1)

    def _taken(self, delivery):
        headers, body = delivery.signed()
        answer = self.product.asked("POST", self.product.hooks[delivery.system], content=body, headers=headers)
        return answer is not None and answer.status_code == 200

    def _note_things(self):
        """Each note is written with words of its own, and once: what was answered with 409 was written before."""
        number = 0
        while not (self.failed or (self.product.progress >= NOTED_BY and len(self.done) >= NOTES)):
            listed = self.product.answered("GET", "/api/v1/exceptions", params={"limit": 50}).json()["exceptions"]
            for case in listed[:5]:
                number += 1
                self._note(case, f"note {number}")
            time.sleep(0.5)

    def _note(self, case, words):
        body = {"move": "note", "seen": case["version"], "note": words}
        answer = self.product.answered("POST", f"/api/v1/exceptions/{number_of(case)}/moves", json=body)
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 200:
            self.done[words] = number_of(case)

    def _agree(self):
        while self.product.progress < AGREED_BY and not self.failed:
            self.agreeing.go_on()
            time.sleep(1)

    def _decide(self):
        """Credits are missing that have not come yet: about them it is decided once all has been told."""
        while not self.failed and (any(hand.is_alive() for hand in self.hands[:3]) or not self._is_examined()):
            self.deciding.go_on(["sync_failure"])
            time.sleep(1)
        while not self.failed and self.deciding.go_on(RESOLUTIONS):
            time.sleep(1)

    def _close(self):
        while self.product.progress < CLOSED_FROM and not self.failed:
            self.closing.go_on()
            time.sleep(1)
        for hand in self.hands[:-1]:
            hand.join()
        while not (self.failed or self._is_examined()):
            time.sleep(2)
        if not self.failed:
            self.closing.end(wait=lambda: time.sleep(1))

    def _is_examined(self):
        """Whether a run has taken up all that was told, and the exceptions what it found."""
        measured = self.product.answered("GET", "/api/v1/metrics").text
        return all(f"reconciliation_{name}_waiting 0.0" in measured for name in ("records", "subjects"))
