"""Signing in through the company's own directory, a small OpenID Connect provider on this machine."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exceptions.people.invitations import Place, invite
from exceptions.rights import person_of
from reconciliation.project.environment import WrongSetting, openid_connect
from tests.cached import forget
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db

LOGIN = "/account/oidc/company/login/"
OURS = {"Sec-Fetch-Site": "same-origin"}  # what browsers say where a link of our own page was followed


KEY, OTHERS_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
JWK = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1", "alg": "RS256"}


class Directory(BaseHTTPRequestHandler):
    """Answers what a provider answers; `claims` is whom it vouches for, `token` what its token says beside that."""

    claims: dict = {}
    token: dict = {}
    config: dict = {}
    nonce = challenge = ""
    key, header, verified = KEY, {"kid": "k1"}, None

    def do_GET(self):
        ends = ("authorization", "token", "userinfo")
        config = {f"{end}_endpoint": f"{self.server.address}/{end}" for end in ends}
        config |= {"issuer": self.server.address, "jwks_uri": f"{self.server.address}/keys"} | self.config
        asked_for = urlsplit(self.path).path
        self._say({"/userinfo": self.claims, "/keys": {"keys": [JWK]}}.get(asked_for, config))

    def do_POST(self):
        said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        digest = hashlib.sha256(said["code_verifier"][0].encode()).digest()
        type(self).verified = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge
        answer = {"access_token": "letmein", "token_type": "Bearer"}
        self._say(answer | ({"id_token": self.signed()} if self.token is not None else {}))

    def signed(self):
        now = int(time.time())
        said = {"iss": self.server.address, "aud": "recon", "iat": now, "exp": now + 60, "nonce": self.nonce}
        said |= {"sub": self.claims["sub"]} | self.token
        algorithm = self.header.get("alg", "RS256")
        return jwt.encode(said, None if algorithm == "none" else self.key, algorithm, headers=self.header)

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
    Directory.token, Directory.config, Directory.key, Directory.header = {}, {}, KEY, {"kid": "k1"}
    server = HTTPServer(("127.0.0.1", 0), Directory)
    server.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect(
        name="Harbour sign-in", server=server.address, client="recon", secret="s"
    )
    yield server
    server.shutdown()
    server.server_close()


def go(client):
    """Goes to the directory; what it is asked."""
    asked = {
        name: values[0]
        for name, values in parse_qs(urlsplit(client.get(LOGIN, headers=OURS)["Location"]).query).items()
    }
    assert asked["code_challenge_method"] == "S256"
    Directory.nonce, Directory.challenge = asked["nonce"], asked["code_challenge"]
    return asked


def come_back(client, asked, **claims):
    Directory.claims = {"sub": "77", "name": "Ines Duarte", "email_verified": True} | claims
    return client.get(LOGIN + "callback/", {"code": "c", "state": asked["state"]}, follow=True)


def come_from(client, **claims):
    """Goes to the directory and comes back as whom it vouches for."""
    return come_back(client, go(client), **claims)


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


def test_who_types_somebody_elses_address_into_their_account_is_not_taken_for_them(client, directory):
    boss, mallory = PersonFactory(roles=["admin"]), PersonFactory(username="mallory", roles=["agent"])
    other = Client()
    other.force_login(mallory)
    other.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    other.post(reverse("account_email"), {"action_add": "", "email": "new@example.com"})
    assert mallory.emailaddress_set.filter(email="new@example.com", verified=False).exists()
    come_from(client, email="new@example.com")
    assert whoever_is_in(client) is None, "nobody was invited, and mallory has proven nothing"
    other.post(reverse("account_email"), {"action_add": "", "email": "new@example.com"})
    invitation, _ = invite("new@example.com", Place(("lead",)), by=boss, at=timezone.now(), source="page")
    come_from(client, email="new@example.com")
    invitation.refresh_from_db()
    assert whoever_is_in(client) == invitation.accepted_by.username != "mallory"
    assert person_of(invitation.accepted_by).roles == {"lead"}
    mallory.refresh_from_db()
    assert mallory.has_usable_password()


def test_somebody_who_left_stays_out(client, directory):
    PersonFactory(username="ines", roles=["agent"], is_active=False)
    come_from(client, email="ines@example.com")
    assert whoever_is_in(client) is None


@pytest.fixture
def ines():
    return PersonFactory(username="ines", roles=["agent"])


def test_the_code_is_redeemed_with_the_key_of_this_sign_in(client, directory, ines):
    come_from(client, email=ines.email)
    assert Directory.verified is True
    assert whoever_is_in(client) == "ines"


def test_each_sign_in_has_a_state_nonce_and_key_of_its_own(client, directory):
    first, second = go(client), go(client)
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 16


def test_an_answer_to_another_browser_opens_nothing(client, directory, ines):
    asked, stranger = go(client), Client()
    go(stranger)
    come_back(stranger, asked, email=ines.email)
    assert whoever_is_in(stranger) is None


def test_an_answer_is_taken_once(client, directory, ines):
    asked = go(client)
    come_back(client, asked, email=ines.email)
    client.post(reverse("account_logout"))
    come_back(client, asked, email=ines.email)
    assert whoever_is_in(client) is None


DISTRUSTED = {
    "of another sign-in": {"token": {"nonce": "of yesterday"}},
    "without a nonce": {"token": {"nonce": ""}},
    "for another client": {"token": {"aud": "another"}},
    "of another issuer": {"token": {"iss": "https://evil.example"}},
    "too old": {"token": {"exp": 1_000_000}},
    "about somebody else than userinfo": {"token": {"sub": "78"}},
    "signed by another": {"key": OTHERS_KEY},
    "unsigned": {"header": {"alg": "none", "kid": "k1"}, "key": None},
    "signed with the public key as a secret": {"header": {"alg": "HS256", "kid": "k1"}, "key": b"x" * 32},
    "signed with an unknown key": {"header": {"kid": "k2"}},
    "without a key's name": {"header": {}},
    "not there": {"token": None},
}


@pytest.mark.parametrize("how", DISTRUSTED.values(), ids=list(DISTRUSTED))
def test_a_token_that_proves_nothing_opens_nothing(client, directory, ines, how):
    for name, value in how.items():
        setattr(Directory, name, value)
    answer = come_from(client, email=ines.email)
    assert answer.status_code < 500 or answer.status_code == 503
    assert whoever_is_in(client) is None


def test_a_description_of_another_issuer_is_not_followed(client, directory):
    Directory.config = {"issuer": "https://evil.example"}
    assert client.get(LOGIN, headers=OURS).status_code == 503


@pytest.mark.parametrize(
    ("said", "goes"),
    [
        (OURS, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Referer": "http://testserver/account/login/"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Referer": "http://testserver/account/login/"}, True),
        ({"Referer": "https://evil.example/testserver"}, False),
        ({}, False),
    ],
)
def test_nobody_is_signed_in_by_a_link_of_another_site(client, directory, said, goes):
    there = client.get(LOGIN, headers=said)["Location"]
    assert there.startswith(directory.address) is goes
    assert goes or there == reverse("account_login")


def test_a_forged_answer_opens_nothing(client, directory, ines):
    go(client)
    client.get(LOGIN + "callback/", {"code": "c", "state": "guess"})
    assert whoever_is_in(client) is None


def test_a_directory_that_does_not_answer_is_said(client, directory, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:1"
    answer = client.get(LOGIN, headers=OURS)
    assert answer.status_code == 503
    assert "did not answer" in answer.content.decode()


def test_a_provider_half_said_is_one_sentence():
    with pytest.raises(WrongSetting, match="OIDC_SERVER is ''"):
        openid_connect(name="x", server="", client="recon", secret="s")
    with pytest.raises(WrongSetting, match="OIDC_CLIENT is not set"):
        openid_connect(name="x", server="https://id.example.com", client="", secret="s")
    assert openid_connect(name="x", server="", client="", secret="") == {}
