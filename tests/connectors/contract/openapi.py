"""A vendor's OpenAPI between a client and our simulator: Prism passes on what fits it, and names all that does not."""

import json
from contextlib import contextmanager

import httpx
import yaml

from connectors.simulating import served
from tests.connectors.contract.others import PACKAGES, running

PRISM = PACKAGES / "@stoplight" / "prism-cli" / "dist" / "index.js"
OURS = "https://stoplight.io/prism/errors#"


def strict(specification, folder):
    """The specification, in `folder`, with no members but those that it names.

    Of alternatives several may fit: those of these vendors differ by members that may be absent.
    """
    with open(specification, encoding="utf-8") as text:
        said = yaml.load(text, yaml.CSafeLoader)
    for schema in said["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
    made = folder / "specification.json"
    made.write_text(json.dumps(said, default=str), encoding="utf-8")
    return made


class Relay:
    """Stands before the simulator of the moment, so that one Prism does for many tests."""

    def __init__(self):
        self.simulator = None

    def handle(self, request):
        return self.simulator.handle(request)


class Through(httpx.BaseTransport):
    """A network on which Prism stands before the vendor; what the specification does not know goes past it."""

    def __init__(self, base, relay, path=""):
        self.base, self.relay, self.path = base, relay, path
        self.inner, self.answers = httpx.HTTPTransport(), []

    def before(self, simulator):
        """This network, with the simulator at its end."""
        self.relay.simulator = simulator
        return self

    def __exit__(self, *_):
        self.inner.close()

    def handle_request(self, request):
        if not request.url.path.startswith(self.path):
            return self.relay.handle(request)
        url = self.base + request.url.raw_path.decode().removeprefix(self.path)
        headers = [(name, value) for name, value in request.headers.items() if name != "host"]
        answer = self.inner.handle_request(httpx.Request(request.method, url, headers=headers, content=request.content))
        answer.read()
        if OURS in answer.text:
            raise AssertionError(json.dumps(answer.json().get("validation") or answer.json(), indent=1))
        self.answers.append((request.url.path.removeprefix(self.path), json.loads(answer.content)))
        return answer


@contextmanager
def between(specification, path=""):
    """Prism in front of a relay, which answers below `path`."""
    relay = Relay()
    with served(relay) as upstream:
        words = ("proxy", "--errors", "-h", "127.0.0.1", "-p", "{port}", specification, upstream + path)
        with running(PRISM, *words) as base, Through(base, relay, path) as network:
            yield network


@contextmanager
def alone(specification, path=""):
    """Prism by itself, which answers with the specification's own examples."""
    words = ("mock", "-h", "127.0.0.1", "-p", "{port}", specification)
    with running(PRISM, *words) as base, Through(base, Relay(), path) as network:
        yield network
