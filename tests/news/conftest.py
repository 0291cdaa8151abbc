"""A small company in which things happen to cases, and servers on this machine that are told."""

import asyncio
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from exceptions.models import TrailEntry
from exceptions.notify import tell_news
from tests.exceptions.people import NOW, bands, someone, teams


@pytest.fixture
def company():
    """Ana and Ben work in finance, Lea leads it, Max approves, Ida configures, Tom works in ops."""
    teams()
    bands()
    return {
        "ana": someone("ana", "agent", team="finance"),
        "ben": someone("ben", "agent", team="finance"),
        "lea": someone("lea", "lead", team="finance", lead=True),
        "max": someone("max", "approver"),
        "ida": someone("ida", "admin"),
        "tom": someone("tom", "agent", team="ops"),
    }


@pytest.fixture
def happens():
    """Writes an entry of the trail."""

    def entry(case, move, *, by=None, at=NOW, note="", **details):
        return TrailEntry.objects.create(
            case=case, at=at, by=by.user if by else None, move=move, note=note, source="test", details=details
        )

    return entry


@pytest.fixture
def told():
    """Tells what is news at a moment; what each person's inbox then holds, as (sort, case or count)."""

    def tell(at=NOW + timedelta(minutes=3)):
        from exceptions.models import Notification

        tell_news(at=at)
        found = {}
        for one in Notification.objects.select_related("person", "case").order_by("id"):
            found.setdefault(one.person.username, []).append((one.sort, str(one.case) if one.case else one.count))
        return found

    return tell


class SmtpSink:
    """An SMTP server on loopback that keeps what it is sent; `refuse` is a code to answer recipients with."""

    def __init__(self):
        self.letters, self.refuse, self.loop = [], "", asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.talk, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def talk(self, reader, writer):
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                text = (await reader.readuntil(b"\r\n.\r\n"))[:-5]
                self.letters.append(message_from_bytes(text.replace(b"\r\n..", b"\r\n."), policy=policy.default))
                writer.write(b"250 kept\r\n")
            elif word == b"RCPT" and self.refuse:
                writer.write(f"{self.refuse} not here\r\n".encode())
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


@pytest.fixture
def post_office(settings):
    """A real SMTP server, to which the product sends."""
    sink = SmtpSink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", sink.port, False
    yield sink
    sink.stop()


class Listener(ThreadingHTTPServer):
    """A web server on loopback that keeps what is posted to it, and answers `status`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests, self.status, self.headers_back, self.words = [], 200, {}, b"ok"
        self.address = f"http://127.0.0.1:{self.server_port}/hook"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self):
        self.shutdown()
        self.server_close()
        self.thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        for name, value in self.server.headers_back.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.words)))
        self.end_headers()
        self.wfile.write(self.server.words)

    def log_message(self, *args):
        pass


@pytest.fixture
def listener(settings):
    """A web server on this machine, to which the product may send."""
    settings.OUTGOING_TO_LOOPBACK = True
    server = Listener()
    yield server
    server.stop()
