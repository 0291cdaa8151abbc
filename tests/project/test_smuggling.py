"""Where one request ends and the next begins: the web server we ship, with its own options, spoken to byte by byte."""

import json
import re
import shlex
import socket
import subprocess
import sys

import pytest

from reconciliation.project.embedded import ROOT
from tests.project.conftest import answers, free_port, wait_for

ECHO = """
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    names = ("REQUEST_METHOD", "RAW_URI", "HTTP_HOST", "HTTP_TRANSFER_ENCODING", "CONTENT_LENGTH", "HTTP_X_ONE")
    told = "|".join(str(environ.get(name, "")) for name in names) + "|" + body.decode("latin-1")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
    return [told.encode("latin-1")]
"""
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """A web server with the options of the image, before an application that repeats what it was given."""
    folder = tmp_path_factory.mktemp("echo")
    (folder / "echo.py").write_text(ECHO)
    said = json.loads(re.search(r"^CMD (\[.+\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1])[-1]
    words = shlex.split(said)
    options = words[words.index("reconciliation.project.wsgi") + 1 :]
    port = free_port()
    options[options.index("--bind") + 1] = f"127.0.0.1:{port}"
    options[options.index("--workers") + 1] = "1"
    options[options.index("--threads") + 1] = "8"
    command = [sys.executable, "-m", "gunicorn", "echo", *options, "--pythonpath", f"{folder},{ROOT}"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port))
        yield port
    finally:
        process.terminate()
        process.wait()


def speak(port, raw):
    """All that the server answers to these bytes until it closes or falls silent, as texts that begin with a status."""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
        line.sendall(raw)
        said = b""
        try:
            while piece := line.recv(65536):
                said += piece
        except TimeoutError:
            pass
    return re.split(rb"(?=HTTP/1\.1 \d{3})", said)[1:]


def request(*headers, body=b"", line=b"POST / HTTP/1.1"):
    return b"\r\n".join([line, b"Host: a", *headers, b"", b""]) + body


def test_what_follows_a_whole_body_is_the_next_request(port):
    both = speak(
        port, request(b"Content-Length: 3", body=b"abc") + request(b"Connection: close", line=b"GET /2 HTTP/1.1")
    )
    assert [b"/2" in answer for answer in both] == [False, True]


REFUSED = {
    "both lengths": request(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN),
    "both, the other way round": request(
        b"Transfer-Encoding: chunked", b"Content-Length: 5", body=b"0\r\n\r\n" + HIDDEN
    ),
    "two lengths that differ": request(b"Content-Length: 3", b"Content-Length: 30", body=b"abc" + HIDDEN),
    "two lengths alike": request(b"Content-Length: 3", b"Content-Length: 3", body=b"abc" + HIDDEN),
    "a list of lengths": request(b"Content-Length: 3, 30", body=b"abc" + HIDDEN),
    "a length with a sign": request(b"Content-Length: +3", body=b"abc" + HIDDEN),
    "a length below nothing": request(b"Content-Length: -3", body=b"abc" + HIDDEN),
    "a length in other digits": request("Content-Length: ³".encode("latin-1"), body=b"abc" + HIDDEN),
    "a length in hexadecimal": request(b"Content-Length: 0x3", body=b"abc" + HIDDEN),
    "a coding nobody knows": request(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + HIDDEN),
    "chunked and then another": request(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + HIDDEN),
    "chunked twice": request(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN),
    "a space before the colon": request(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n" + HIDDEN),
    "a space before the length's colon": request(b"Content-Length : 3", body=b"abc" + HIDDEN),
    "a folded header": request(b"X-One: a", b" Transfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN),
    "a folded length": request(b"Content-Length:", b" 3", body=b"abc" + HIDDEN),
    "no colon": request(b"Content-Length 3", body=b"abc" + HIDDEN),
    "a null byte in a name": request(b"Transfer-\0Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN),
    "a bare line feed within a value": request(b"X-One: a\nTransfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN),
    "a bare carriage return within a value": request(b"X-One: a\rContent-Length: 3", body=b"abc" + HIDDEN),
    "chunked in a version without chunks": request(b"Transfer-Encoding: chunked", line=b"POST / HTTP/1.0"),
    "a version that there is not": request(b"Content-Length: 0", line=b"POST / HTTP/9.9"),
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=list(REFUSED))
def test_a_request_whose_end_is_in_doubt_is_refused_and_nothing_after_it_is_answered(port, raw):
    said = speak(port, raw)
    assert [answer[9:12] for answer in said] in ([b"400"], [b"501"], [b"505"]), said
    assert b"GET|/hidden" not in b"".join(said)


@pytest.mark.parametrize(
    "body",
    [
        b"3\nabc\n0\n\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"-3\r\nabc\r\n0\r\n\r\n",
        b"3 \r\nabc\r\n0\r\n\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
    ],
    ids=["bare line feeds", "a prefix", "a sign", "a space", "more than its length"],
)
def test_a_chunk_whose_length_is_in_doubt_ends_the_connection(port, body):
    said = b"".join(speak(port, request(b"Transfer-Encoding: chunked", body=body + HIDDEN)))
    assert b"GET|/hidden" not in said


def test_an_underscore_is_no_hyphen(port):
    said = speak(port, request(b"X_One: forged", b"Content-Length: 0", b"Connection: close"))
    assert b"forged" not in b"".join(said)


def test_two_hosts_are_never_both_believed(port):
    said = b"".join(speak(port, request(b"Host: b", b"Content-Length: 0", b"Connection: close")))
    assert b"400" in said[:15] or b"|a,b|" in said
