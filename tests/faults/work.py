"""What goes on meanwhile: records arrive out of order and twice, and a person takes exceptions and notes things."""

import threading
import time
from random import Random

from connectors.sample_brand import sample_brand

LINES_AT_ONCE = 60
REPEATED = 0.1


class Work:
    """Two hands that work until the faults are over, and then finish. `done`: the notes that were acknowledged."""

    def __init__(self, product, moment, *, orders, seed):
        self.product, self.dice = product, Random(seed + 1)
        self.lines = sample_brand(moment, orders=orders, times=1).lines
        self.done, self.stopped, self.failed = {}, threading.Event(), []
        self.hands = [threading.Thread(target=self._hand, args=[does]) for does in (self._send, self._work)]

    def begin(self):
        for hand in self.hands:
            hand.start()

    def finish(self):
        """Every line is sent by then, and at least one note was taken."""
        self.hands[0].join()
        self.stopped.set()
        self.hands[1].join()
        if self.failed:
            raise self.failed[0]

    def _hand(self, does):
        try:
            does()
        except Exception as failure:
            self.failed.append(failure)

    def _send(self):
        lines = list(self.lines)
        self.dice.shuffle(lines)
        batches = [lines[begin : begin + LINES_AT_ONCE] for begin in range(0, len(lines), LINES_AT_ONCE)]
        batches += [batch for batch in batches if self.dice.random() < REPEATED]
        for batch in batches:
            body = "\n".join(batch).encode()
            answer = self.product.answered(
                "POST", "/api/v1/records", content=body, headers={"Content-Type": "application/x-ndjson"}
            )
            assert answer.status_code == 200, answer.text

    def _work(self):
        """Each note is written with words of its own, and once: what was answered with 409 was written before."""
        number = 0
        while not (self.stopped.is_set() and (self.done or self.failed)):
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


def number_of(case):
    """The number in an exception's name, `E-7`."""
    return int(case["id"].removeprefix("E-"))
