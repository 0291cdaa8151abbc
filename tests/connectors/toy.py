"""A vendor with every habit that the shared pieces must cope with: offset paging, rows that move, tokens, webhooks."""

import json
from datetime import UTC, datetime, timedelta

from connectors.auth import Renewed, Token
from connectors.http import NotFound
from connectors.paging import by_offset
from connectors.registry import Connector, Feed, Setting
from connectors.simulating import Bucket, Refusal, Simulator, answer
from connectors.webhooks import Forged, Malformed, Reread, Webhook, signed

SIZE = 4


class Client:
    def __init__(self, access):
        plain = access.http("https://toy.example")
        id, secret = access.setting("client_id"), access.secret("client_secret")

        def fetch():
            said = plain.json("POST", "/token", json={"id": id, "secret": secret}, again=True)
            return Token(said["access_token"], timedelta(seconds=said["expires_in"]))

        self.http = access.http("https://toy.example", auth=Renewed(access.tokens(fetch)))

    def missing(self):
        return []

    def page(self, feed, window, position):
        since = window.since.isoformat() if window.since else None
        asked = {"until": window.until.isoformat(), "since": since}

        def fetch(offset, limit):
            params = {k: v for k, v in asked.items() if v} | {"offset": offset, "limit": limit}
            return self.http.json("GET", "/products", params=params)["rows"]

        return by_offset(fetch, position, size=SIZE, key=lambda row: row["id"])

    def reread(self, what, id):
        try:
            return [("products", self.http.json("GET", f"/products/{id}"))]
        except NotFound:
            return [("products", {"id": id, "gone": True, "changed": "2026-11-21T00:00:00Z"})]

    def close(self):
        self.http.close()


def lines(feed, item, words):
    line = {"type": "product", "system": words.system, "id": item["id"], "at": item["changed"]}
    if item.get("gone"):
        yield line | {"deleted": True}
    else:
        yield line | {"sku": item["sku"], "title": item["title"], "raw": item}


def verify(incoming, secrets, settings, at):
    if not signed(incoming.body, incoming.header("X-Toy-Signature"), [one.encode() for one in secrets]):
        raise Forged("no")


def news(incoming):
    try:
        return [Reread("product", json.loads(incoming.body)["id"])]
    except (ValueError, KeyError, TypeError):
        raise Malformed("no id") from None


CONNECTOR = Connector(
    kind="generic",
    vendor="toy",
    title="Toy",
    settings=(Setting("client_id", "Client ID"), Setting("client_secret", "Client secret", secret=True)),
    feeds=(Feed("products", ("product",)),),
    client=Client,
    lines=lines,
    webhook=Webhook(verify, news, identity=lambda incoming: incoming.header("X-Toy-Id")),
)


class Toy(Simulator):
    routes = {
        ("POST", "/token"): "token",
        ("GET", "/products"): "products",
        ("GET", "/products/{id}"): "product",
    }

    def __init__(self, clock):
        super().__init__(clock)
        self.rows = {}
        self.tokens = {}
        self.bucket = Bucket(1000, 1, clock)
        self.between = lambda: None

    def put(self, id, title="", changed=None):
        self.rows.pop(id, None)  # a changed row moves to the end
        moment = changed or self.clock()
        self.rows[id] = {"id": id, "sku": f"SKU-{id}", "title": title, "changed": moment.isoformat()}

    def admit(self, request):
        if not self.bucket.take():
            raise Refusal(429, {"message": "slow down"}, {"Retry-After": "3"})
        if request.url.path == "/token":
            return
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, datetime.min.replace(tzinfo=UTC)) <= self.clock():
            raise Refusal(401, {"message": f"the token {token} does not count"})

    def token(self, request):
        if json.loads(request.content) != {"id": "me", "secret": "hush-hush"}:
            raise Refusal(401, {"message": "wrong client"})
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = self.clock() + timedelta(hours=1)
        return {"access_token": token, "expires_in": 3600}

    def products(self, request):
        asked = request.url.params
        since, until = asked.get("since", ""), asked["until"]
        rows = [row for row in self.rows.values() if since <= row["changed"] < until]
        offset, limit = int(asked["offset"]), int(asked["limit"])
        told = answer({"rows": rows[offset : offset + limit]})
        self.between()
        return told

    def product(self, request, id):
        if id not in self.rows:
            raise Refusal(404, {"message": "no such product"})
        return self.rows[id]
