"""A person at a browser: signs in whenever the product asks for it, sends forms, and does not know what became of one
that was not answered."""

import re
import time

import httpx

PASSWORD = "harbour-and-pine"
SIGN_IN = "/account/login/"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Browser:
    """One person's."""

    def __init__(self, product, name):
        self.product, self.name = product, name
        self.client = httpx.Client(base_url=product.address, timeout=30, follow_redirects=True)

    def page(self, path):
        """The page, however long it takes, and whether somebody has to sign in first."""
        while True:
            answer = self._asked("GET", path)
            if answer is not None and answer.url.path == SIGN_IN:
                self._sign_in(answer)
            elif answer is not None and answer.status_code < 500 and answer.status_code != 429:
                return answer
            time.sleep(0.3)

    def send(self, page, path, **typed):
        """Sends the form that stands on a page; the answer, or null where none came or it is no answer to the form."""
        answer = self._asked("POST", path, data=hidden(page) | typed)
        lost = answer is None or answer.status_code >= 500 or answer.url.path == SIGN_IN
        return None if lost else answer

    def _sign_in(self, page):
        self._asked("POST", page.url.path, data=hidden(page) | {"login": self.name, "password": PASSWORD})

    def _asked(self, method, path, **given):
        try:
            return self.client.request(method, path, **given)
        except httpx.HTTPError:
            return None


def hidden(page):
    """The hidden fields of the forms of a page; of those with one name the last counts."""
    return dict(HIDDEN.findall(page.text))
