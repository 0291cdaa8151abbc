"""Signing in through the company's own directory, a small OpenID Connect provider on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from exceptions.people.invitations import Place, invite
from exceptions.rights import person_of
from reconciliation.project.environment import WrongSetting, openid_connect
from tests.cached import forget
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

LOGIN = "/account/oidc/company/login/"


class Directory(BaseHTTPRequestHandler):
    """Answers what a provider answers; `claims` is whom it vouches for."""

    claims: dict = {}

    def do_GET(self):
        ends = ("authorization", "token", "userinfo")
        config = {f"{end}_endpoint": f"{self.server.address}/{end}" for end in ends}
        asked_for = urlsplit(self.path).path
        self._say(self.claims if asked_for == "/userinfo" else config | {"issuer": self.server.address})

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say({"access_token": "letmein", "token_type": "Bearer"})

    def _say(self, value):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def directory(settings):
    forget()
    server = HTTPServer(("127.0.0.1", 0), Directory)
    server.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect(
        name="Harbour sign-in", server=server.address, client="recon", secret="s"
    )
    yield server
    server.shutdown()
    server.server_close()


def come_from(client, **claims):
    """Goes to the directory and comes back as whom it vouches for."""
    Directory.claims = {"sub": "77", "name": "Ines Duarte", "email_verified": True} | claims
    away = urlsplit(client.get(LOGIN)["Location"])
    asked = parse_qs(away.query)
    assert asked["code_challenge_method"] == ["S256"]
    return client.get(LOGIN + "callback/", {"code": "c", "state": asked["state"][0]}, follow=True)


def whoever_is_in(client):
    answer = client.get(reverse("account"))
    return answer.context["user"].username if answer.status_code == 200 else None


def test_the_sign_in_page_offers_it(client, directory):
    assert "Harbour sign-in" in client.get(reverse("account_login")).content.decode()


def test_somebody_who_is_here_comes_in_by_their_address(client, directory):
    PersonFactory(username="ines", roles=["agent"])
    come_from(client, email="ines@example.com")
    assert whoever_is_in(client) == "ines"


def test_an_address_that_the_directory_does_not_vouch_for_opens_nothing(client, directory):
    PersonFactory(username="ines", roles=["agent"])
    come_from(client, email="ines@example.com", email_verified=False)
    assert whoever_is_in(client) is None


def test_a_stranger_is_told_that_people_are_invited(client, directory):
    assert "by invitation" in come_from(client, email="new@example.com").content.decode()
    assert whoever_is_in(client) is None


def test_who_was_invited_comes_in_as_what_was_promised(client, directory):
    boss = PersonFactory(roles=["admin"])
    place = Place(("agent",), ("cx",))
    invitation, _ = invite("new@example.com", place, by=boss, at=timezone.now(), source="page")
    come_from(client, email="new@example.com")
    invitation.refresh_from_db()
    known = person_of(invitation.accepted_by)
    assert whoever_is_in(client) == known.user.username
    assert (known.roles, known.teams) == ({"agent"}, {"cx"})


def test_somebody_who_left_stays_out(client, directory):
    PersonFactory(username="ines", roles=["agent"], is_active=False)
    come_from(client, email="ines@example.com")
    assert whoever_is_in(client) is None


def test_a_forged_answer_opens_nothing(client, directory):
    PersonFactory(username="ines", roles=["agent"])
    client.get(LOGIN + "callback/", {"code": "c", "state": "guess"})
    assert whoever_is_in(client) is None


def test_a_directory_that_does_not_answer_is_said(client, directory, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:1"
    answer = client.get(LOGIN)
    assert answer.status_code == 503
    assert "did not answer" in answer.content.decode()


def test_a_provider_half_said_is_one_sentence():
    with pytest.raises(WrongSetting, match="OIDC_SERVER is ''"):
        openid_connect(name="x", server="", client="recon", secret="s")
    with pytest.raises(WrongSetting, match="OIDC_CLIENT is not set"):
        openid_connect(name="x", server="https://id.example.com", client="", secret="s")
    assert openid_connect(name="x", server="", client="", secret="") == {}
