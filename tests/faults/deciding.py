"""A person has exceptions settled in the outside systems, each as its page offers it."""

from tests.faults.browser import Browser, hidden

RESOLUTIONS = {"sync_failure": "retry_sync", "missing_credit": "raise_credit"}


class Deciding:
    """`decided`: the exceptions for which a change was acknowledged."""

    def __init__(self, product):
        self.product, self.browser, self.decided = product, Browser(product, "amira"), set()

    def go_on(self, kinds):
        """Decides about every exception of these kinds that waits for a person; how many are left."""
        left = 0
        for kind in kinds:
            for case in listed(self.product, kind):
                if case["state"] == "new":
                    self._claim(case)
                left += case["state"] == "new" or (case["state"] == "in_progress" and self._decide(case))
        return left

    def _claim(self, case):
        body = {"move": "claim", "seen": case["version"]}
        answer = self.product.answered("POST", f"/api/v1/exceptions/{number_of(case)}/moves", json=body)
        assert answer.status_code in (200, 409), answer.text

    def _decide(self, case):
        """Whether it could be decided and is not known to be; no data to retry or credit it with may be there."""
        path = f"/exceptions/{number_of(case)}/moves/resolve?resolution={RESOLUTIONS[case['kind']]}&write=1"
        page = self.browser.page(path)
        if "p_write" not in hidden(page):
            return False
        answer = self.browser.send(page, path, note="")
        if answer is None or answer.url.path != f"/exceptions/{number_of(case)}":
            return True
        self.decided.add(number_of(case))
        return False


def listed(product, kind):
    """The open exceptions of a kind."""
    asked = {"kind": kind, "limit": 100}
    return product.answered("GET", "/api/v1/exceptions", params=asked).json()["exceptions"]


def claim(browser, case):
    """A person takes it, by its page; where no answer came, it may be theirs."""
    path = f"/exceptions/{number_of(case)}/moves/claim"
    browser.send(browser.page(path), path, note="")


def number_of(case):
    """The number in an exception's name, `E-7`."""
    return int(case["id"].removeprefix("E-"))
