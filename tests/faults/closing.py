"""Finance closes a month and opens it again, over and over: what was not answered is looked up on the page."""

from tests.faults.browser import Browser
from tests.faults.story import CURRENCY


class Closing:
    """`seen`: each act that was seen to have been done; `reasons`: those of openings that were answered."""

    def __init__(self, product, month):
        self.preparer, self.reviewer = Browser(product, "tom"), Browser(product, "amira")
        self.path, self.seen, self.reasons, self.asked = f"/close/{month}/{CURRENCY}", [], [], 0

    def go_on(self):
        """The next act of the round, once."""
        state, page = self.state()
        if state == "open":
            self._sign(self.preparer, "prepare")
        elif state == "in_review":
            self._sign(self.reviewer, "review", page)
        else:
            self.asked += 1
            self._sign(self.reviewer, "reopen", page, reason=f"reason {self.asked}")

    def end(self, wait):
        """Closes the month for good, over what is known now."""
        while self.state()[0] != "open":
            self.go_on()
            wait()
        while self.state()[0] != "closed":
            self.go_on()
            wait()

    def state(self):
        """Of the month, by what its page offers to whoever may do everything; and the page."""
        page = self.reviewer.page(self.path)
        assert page.status_code == 200, page.text[:500]
        for act, state in (("reopen", "closed"), ("review", "in_review")):
            if f'action="{self.path}/{act}"' in page.text:
                return state, page
        return "open", page

    def _sign(self, browser, act, page=None, **typed):
        page = page or browser.page(self.path)
        answered = browser.send(page, f"{self.path}/{act}", **typed) is not None
        state = self.state()[0]
        if state == {"prepare": "in_review", "review": "closed", "reopen": "open"}[act]:
            self.seen.append(act)
            self.reasons += [typed["reason"]] if act == "reopen" and answered else []
