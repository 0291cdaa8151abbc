"""In production nobody is reached in the clear over a network, and nobody is believed whose certificate is false."""

import datetime
import smtplib
import socket
import ssl
import threading

import httpx
import psycopg
import pytest
import redis
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.mail import EmailMessage, get_connection
from kombu import Connection

from connectors.http import Http, Unreachable
from connectors.public import PublicOnly
from exceptions.news.addresses import NoAnswer, post
from reconciliation.project.environment import WrongSetting
from reconciliation.project.unencrypted import broker_encryption, demand_encryption
from tests.connectors.vendors import Clock

SAFE = {
    "database": {"HOST": "db.example.com", "OPTIONS": {"sslmode": "verify-full"}},
    "redis": "rediss://cache.example.com/0",
    "letters": ("mail.example.com", "starttls"),
    "directory": "https://id.example.com",
    "traces": "https://traces.example.com",
}
NEAR = {
    "database": {"HOST": "/run/postgresql", "OPTIONS": {}},
    "redis": "unix:///run/redis.sock?db=0",
    "letters": ("localhost", "none"),
    "directory": "",
    "traces": "http://127.0.0.1:4318",
}
PLAIN = [
    ("database", {"HOST": "db.example.com", "OPTIONS": {}}),
    ("database", {"HOST": "db.example.com", "OPTIONS": {"sslmode": "require"}}),
    ("redis", "redis://cache.example.com/0"),
    ("redis", "rediss://cache.example.com/0?ssl_cert_reqs=none"),
    ("redis", "rediss://cache.example.com/0?ssl_check_hostname=False"),
    ("letters", ("mail.example.com", "none")),
    ("directory", "http://id.example.com"),
    ("traces", "http://traces.example.com:4318"),
]


@pytest.mark.parametrize("sides", [SAFE, NEAR], ids=["encrypted", "on this machine"])
def test_who_is_reached_encrypted_or_on_this_machine_lets_it_start(sides):
    demand_encryption(**sides, but=[])


@pytest.mark.parametrize(("side", "address"), PLAIN)
def test_an_address_in_the_clear_stops_the_start_unless_it_is_named(side, address):
    with pytest.raises(WrongSetting, match=f"{side} must be reached encrypted"):
        demand_encryption(**SAFE | {side: address}, but=[])
    demand_encryption(**SAFE | {side: address}, but=[side])


def test_production_does_not_start_with_a_directory_in_the_clear(manage):
    given = {"ENVIRONMENT": "production", "SECRET_KEY": "k3" * 40}
    given |= {"OIDC_SERVER": "http://id.example.com", "OIDC_CLIENT": "recon"}
    refused = manage("showmigrations", **given)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "directory must be reached encrypted" in refused.stderr
    assert manage("help", **given, UNENCRYPTED="directory").returncode == 0


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """A server that answers whoever comes, by a certificate that it made itself; what it was told, as bytes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(secret + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listening, told = socket.create_server(("127.0.0.1", 0)), []
    threading.Thread(target=serve, args=(listening, context, told), daemon=True).start()
    yield listening.getsockname()[1], told
    listening.close()


def serve(listening, context, told):
    """Encrypts each connection, after PostgreSQL's question whether it will, and notes what comes."""
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        try:
            connection.settimeout(5)
            if connection.recv(8, socket.MSG_PEEK)[4:8] == b"\x04\xd2\x16\x2f":
                connection.recv(8)
                connection.sendall(b"S")
            with context.wrap_socket(connection, server_side=True) as open_now:
                told.append(open_now.recv(100))
        except OSError:
            connection.close()


def by_letter(port):
    sender = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host="localhost", port=port, use_ssl=True, use_tls=False
    )
    EmailMessage("x", "x", "a@example.com", ["b@example.com"], connection=sender).send()


def by_broker(port):
    address = f"rediss://localhost:{port}/0"
    with Connection(address, ssl=broker_encryption(address)) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def by_vendor(port, transport=None):
    Http(f"https://localhost:{port}", Clock(), lambda _: None, transport=transport).send("POST", "/", again=False)


def by_number(port):
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    guarded = PublicOnly(httpx.HTTPTransport(), lambda *_, **__: here)
    guarded._checked = lambda *_: ["127.0.0.1"]
    by_vendor(port, guarded)


ASKING = {
    "a vendor": (by_vendor, Unreachable),
    "a vendor by the number that was checked": (by_number, Unreachable),
    "a channel": (lambda port: post(f"https://localhost:{port}", b"secret", {}), NoAnswer),
    "the directory": (lambda port: requests.get(f"https://localhost:{port}", timeout=5), requests.exceptions.SSLError),
    "the server of letters": (by_letter, (ssl.SSLCertVerificationError, smtplib.SMTPException)),
    "the cache": (lambda port: redis.Redis.from_url(f"rediss://localhost:{port}").ping(), redis.ConnectionError),
    "the queue of tasks": (by_broker, Exception),
    "the database": (
        lambda port: psycopg.connect(f"host=localhost port={port} sslmode=verify-full sslrootcert=system"),
        psycopg.OperationalError,
    ),
}


@pytest.mark.parametrize("who", ASKING)
def test_a_false_certificate_is_told_nothing(settings, stranger, who):
    settings.OUTGOING_TO_LOOPBACK = True
    port, told = stranger
    ask, refused = ASKING[who]
    with pytest.raises(refused, match=r"(?i)certificate"):
        ask(port)
    assert [words for words in told if words] == []
