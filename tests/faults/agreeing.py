"""Two people who agree: one proposes that variances are accepted and PO numbers waived, the other approves; and credits
are linked to the orders that they are for."""

import re

from tests.faults.browser import Browser, hidden
from tests.faults.deciding import claim, listed, number_of
from tests.faults.systems.shop import FIRST

NOTE = re.compile(r"-0*(\d+)$")  # at the end of a credit note's id: its number
WAITING = re.compile(
    r'id="proposal-(\d+)"><a href="/exceptions/(\d+)">.*?action="/approvals/\1">.*?name="seen" value="(\d+)"', re.DOTALL
)


class Agreeing:
    """What was acknowledged: `proposed`, by its note; `approved`, by its number; `linked`, by its exception's."""

    def __init__(self, product, until):
        self.product, self.until = product, until
        self.proposer, self.approver = Browser(product, "nina"), Browser(product, "amira")
        self.asked, self.proposed, self.approved, self.linked = {}, set(), set(), set()

    def go_on(self):
        """Each sort of thing once, as far as the exceptions are there, and a word about whatever waits for one."""
        for case in self._listed("credit_without_return"):
            number = int((NOTE.search(case["subject"]) or [0, 2])[1])
            if number % 10 == 0:
                self._propose(case, "accept_variance", reason="goodwill")
            elif number % 10 == 1:
                self._link(case, FIRST + 1 + number // 10)
        for case in self._listed("missing_po"):
            self._propose(case, "waive_reference", p_until=self.until)
        self._approve()

    def _listed(self, kind):
        """Those that this person has, or may have."""
        return [case for case in listed(self.product, kind) if case["state"] in ("new", "in_progress")]

    def _propose(self, case, resolution, **typed):
        """Each proposal has words of its own; one that was not answered may have been made."""
        number = self.asked[number_of(case)] = self.asked.get(number_of(case), 0) + 1
        words = f"proposal {number} of {case['id']}"
        if self._sent(case, resolution, note=words, **typed):
            self.proposed.add(words)

    def _link(self, case, order):
        if self._sent(case, "link_order", p_order="", p_other=f"order:shopify:{order}"):
            self.linked.add(number_of(case))

    def _sent(self, case, resolution, **typed):
        if case["state"] == "new":
            claim(self.proposer, case)
        path = f"/exceptions/{number_of(case)}/moves/resolve?resolution={resolution}"
        page = self.proposer.page(path)
        if page.status_code != 200 or "seen" not in hidden(page):
            return False  # somebody else's by now, or it has healed
        answer = self.proposer.send(page, path, **typed)
        return answer is not None and answer.url.path == f"/exceptions/{number_of(case)}"

    def _approve(self):
        page = self.approver.page("/approvals")
        for proposal, case, seen in WAITING.findall(page.text):
            answer = self.approver.send(page, f"/approvals/{proposal}", seen=seen, approve="1", note="")
            if answer is not None and f"E-{case}: " in answer.text and "Your comment was" not in answer.text:
                self.approved.add(int(proposal))
