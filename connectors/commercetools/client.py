"""Reads commercetools' HTTP API by keyset: (lastModifiedAt, id), as offsets end at 10,000 and lose rows that move."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.access import Access
from connectors.auth import Headers, Renewed, Token
from connectors.commercetools.answers import error_in
from connectors.http import NotAllowed, Unreadable
from connectors.paging import Page, Position, Raw, Window

REGIONS = ("us-central1.gcp", "us-east-2.aws", "europe-west1.gcp", "eu-central-1.aws", "australia-southeast1.gcp")
SCOPES = ("view_orders", "view_order_edits", "view_payments", "view_products", "view_messages")
WRITING = ("manage_orders",)  # asked for only where a change is allowed
MOST = 500
SIZE = 100  # of what is large: an order with its payments
BELIEVED = 20  # so many records in a row are not all deleted
EXPANDED = ("paymentInfo.payments[*]", "state", "syncInfo[*].channel")
CHILDREN = ("fulfilment", "return", "credit", "stock_movement")
TOLD = ("OrderEditApplied", "OrderDeleted", "InventoryEntryDeleted")
# feed → resource, what is expanded, how many a page
PLAIN: dict[str, tuple[str, tuple[str, ...], int]] = {
    "products": ("product-projections", (), MOST),
    "stock": ("inventory", ("supplyChannel",), MOST),
}
# what is read → the scope that it needs
READ = {
    "orders": "view_orders",
    "orders/edits": "view_order_edits",
    "payments": "view_payments",
    "product-projections": "view_products",
    "inventory": "view_products",
    "messages": "view_messages",
}


class CommercetoolsClient:
    """Talks to one project."""

    def __init__(self, access: Access) -> None:
        self.access, self.project = access, access.setting("project_key")
        region = access.setting("region")
        self.base = access.setting("base") or f"https://api.{region}.commercetools.com"
        self.auth_base = access.setting("base") or f"https://auth.{region}.commercetools.com"
        self.http = access.http(self.base, auth=Renewed(access.tokens(self._fetch_token)), error_in=error_in)

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """The scopes that the API client lacks, in commercetools' words."""
        found = []
        for resource, scope in READ.items():
            try:
                self._query(resource, [], limit=1)
            except NotAllowed as refused:
                found.append(f"{resource} cannot be read without the scope {scope}:{self.project}: {refused}")
        return found

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of a feed."""
        if feed == "orders":
            page = self._changed("orders", window, position, expand=EXPANDED, limit=SIZE)
            return Page([self._whole(order) for order in page.items], page.following)
        if feed == "edits":
            page = self._changed("orders/edits", window, position, also='result(type="Applied")', limit=SIZE)
            return Page(self._orders("id in", {edit["resource"]["id"] for edit in page.items}), page.following)
        if feed == "payments":
            page = self._changed("payments", window, position, limit=SIZE)
            paid = self._orders("paymentInfo(payments(id in", {pay["id"] for pay in page.items}, "))")
            return Page(paid, page.following)
        if feed in PLAIN:
            resource, expand, limit = PLAIN[feed]
            return self._changed(resource, window, position, expand=expand, limit=limit)
        if feed == "messages":
            return self._messages(window, position)
        if feed == "deleted":
            return self._deleted(position)
        raise LookupError(feed)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """An order as it is now."""
        return [("orders", order) for order in self._orders("id in", {id}) or self._gone_order(id)]

    def order(self, id: str) -> Raw:
        """An order as it is now."""
        found: Raw = self.http.json("GET", f"/{self.project}/orders/{id}")
        return found

    def _changed(
        self,
        resource: str,
        window: Window,
        position: Position | None,
        *,
        expand: Sequence[str] = (),
        also: str = "",
        limit: int = MOST,
        by: str = "lastModifiedAt",
    ) -> Page:
        """What changed in the window behind the position, oldest first, until nothing is left.

        Rows that change while they are read come again at the end, or in the next window.
        """
        if position is None:
            behind = f'{by} >= "{instant(window.since)}"' if window.since else ""
        else:
            at, id = position["at"], position["id"]
            behind = f'{by} > "{at}" or ({by} = "{at}" and id > "{id}")'
        where = [one for one in (behind, f'{by} < "{instant(window.until)}"', also) if one]
        rows = self._query(resource, where, expand=expand, limit=limit, sort=(f"{by} asc", "id asc"))
        return Page(rows, {"at": rows[-1][by], "id": rows[-1]["id"]} if rows else None)

    def _query(self, resource: str, where: Iterable[str], *, limit: int, **asked: Sequence[str]) -> list[Raw]:
        params = [("where", one) for one in where] + [(name, one) for name, said in asked.items() for one in said]
        params += [("limit", str(limit)), ("withTotal", "false")]
        if resource == "product-projections":
            params.append(("staged", "false"))
        found = self.http.json("GET", f"/{self.project}/{resource}", params=params)["results"]
        if not isinstance(found, list):
            raise Unreadable("The answer holds no results.")
        return found

    def _orders(self, begin: str, ids: Iterable[str], end: str = "") -> list[Raw]:
        """Whole orders, by a predicate over ids."""
        wanted = sorted(ids)
        if not wanted:
            return []
        listed = ", ".join(f'"{id}"' for id in wanted)
        found, last = list[Raw](), ""
        while True:  # an id may be that of a payment, which several orders can share
            where = [f"{begin} ({listed}){end}"] + ([f'id > "{last}"'] if last else [])
            rows = self._query("orders", where, expand=EXPANDED, limit=SIZE, sort=("id asc",))
            found += [self._whole(order) for order in rows]
            if not rows:
                return found
            last = rows[-1]["id"]

    def _whole(self, order: Raw) -> Raw:
        """The order with the names of what hung on it when it was last read, and may not any more."""
        held = {type: ids for type in CHILDREN if (ids := self._held(type, order["id"]))}
        return order | {"held": held}

    def _held(self, type: str, order: str) -> list[str]:
        return [id for id in self.access.known(type, f"{order}/", 200) if id.startswith(f"{order}/")]

    def _messages(self, window: Window, position: Position | None) -> Page:
        """What only messages tell: edits that were applied, and what was deleted."""
        kinds = ", ".join(f'"{type}"' for type in TOLD)
        page = self._changed("messages", window, position, also=f"type in ({kinds})", by="createdAt", limit=SIZE)
        items = list[Raw]()
        edited = {one["resource"]["id"] for one in page.items if one["type"] == "OrderEditApplied"}
        for one in page.items:
            if one["type"] == "OrderDeleted":
                items += self._gone_order(one["resource"]["id"], one["createdAt"])
            elif one["type"] == "InventoryEntryDeleted":
                items.append({"gone": "stock_level", "id": one["resource"]["id"], "at": one["createdAt"]})
        return Page(self._orders("id in", edited) + items, page.following)

    def _gone_order(self, id: str, at: str | None = None) -> list[Raw]:
        """The withdrawal of an order and of all that hung on it."""
        moment = at or instant(self.access.clock())
        named = [("order", id)] + [(type, child) for type in CHILDREN for child in self._held(type, id)]
        return [{"gone": type, "id": name, "at": moment} for type, name in named]

    def _deleted(self, position: Position | None) -> Page:
        """Records that we hold and the project does not know any more."""
        resources = {"order": "orders", "product": "product-projections", "stock_level": "inventory"}
        type, after = (position or {}).get("type", "order"), (position or {}).get("after", "")
        ids = self.access.known(type, after, 100)
        if not ids:
            following = {"order": "product", "product": "stock_level"}.get(type)
            return Page([], {"type": following, "after": ""} if following else None)
        asked = {id.split("/")[0] for id in ids}  # a variant is named by its product and number
        listed = ", ".join(f'"{id}"' for id in sorted(asked))
        rows = self._query(resources[type], [f"id in ({listed})"], limit=MOST, sort=("id asc",))
        there = {name for row in rows for name in _names(type, row)}
        gone = [id for id in ids if id not in there]
        if len(gone) == len(ids) >= BELIEVED:
            raise Unreadable(f"The project knows none of {len(ids)} records in a row; they are not taken for deleted.")
        items = [item for id in gone for item in self._withdrawn(type, id)]
        return Page(items, {"type": type, "after": ids[-1]})

    def _withdrawn(self, type: str, id: str) -> list[Raw]:
        if type == "order":
            return self._gone_order(id)
        return [{"gone": type, "id": id, "at": instant(self.access.clock())}]

    def _fetch_token(self) -> Token:
        """A token by the client credentials grant, for as long as the answer says."""
        pair = f"{self.access.setting('client_id')}:{self.access.secret('client_secret')}"
        basic = Headers({"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"})
        form: dict[str, Any] = {"grant_type": "client_credentials"}
        if self.access.setting("scopes", "named") == "named":
            asked = SCOPES + (WRITING if self.access.connection.writes_allowed else ())
            form["scope"] = " ".join(f"{scope}:{self.project}" for scope in asked)
        with self.access.http(self.auth_base, auth=basic, error_in=error_in) as plain:
            said = plain.json("POST", "/oauth/token", again=True, data=form)
        return Token(said["access_token"], timedelta(seconds=float(said["expires_in"])))


def instant(at: datetime) -> str:
    """An instant as commercetools writes it, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _names(type: str, row: Raw) -> list[str]:
    """What we call the row; of a product each of its variants."""
    if type != "product":
        return [row["id"]]
    return [f"{row['id']}/{variant['id']}" for variant in (row["masterVariant"], *row["variants"])]
