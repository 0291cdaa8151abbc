"""Reads Mintsoft's REST API."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from connectors.access import Access
from connectors.auth import Renewed, Token
from connectors.http import NotLetIn
from connectors.paging import LoopingPages, Page, Position, Raw, Window, both_ways
from connectors.warehouse.mintsoft.mapper import level_name

BASE = "https://api.mintsoft.co.uk"
HEADER = "ms-apikey"
LONGEST_PAGE = 100
LEVELS = 5_000  # ids of levels that are asked for at once
BELIEVED = 20  # so many levels, and the greater part, are not all gone
DAY, HOUR, NONE = timedelta(days=1), timedelta(hours=1), timedelta()


class MintsoftClient:
    """Talks to one account; its key is asked for by name and password, and again when it no longer counts."""

    def __init__(self, access: Access) -> None:
        self.access, self.base = access, access.setting("base", BASE)
        self.zone = ZoneInfo(access.setting("timezone", "Europe/London"))
        self.http = access.http(self.base, auth=Renewed(access.tokens(self._fetch_token), HEADER, "{}"))

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """Nothing, where name and password count; Mintsoft's own words are raised where they do not."""
        return [] if self.statuses else ["The account has no order statuses."]

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of a feed."""
        if feed == "orders":
            return both_ways(lambda number: self._orders(number, window), position)
        if feed == "stock":
            return Page(self._levels())
        if feed == "products":
            return both_ways(self._products, position)
        return self._returns(window, position)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """Mintsoft delivers nothing that would have to be read again."""
        raise LookupError(what)

    @cached_property
    def statuses(self) -> dict[str, str]:
        """The account's own names of order statuses, by id."""
        return {str(of(one, "ID")): str(of(one, "Name")) for one in self.http.json("GET", "/api/Order/Statuses")}

    def movements(self, warehouse: int, product: int, since: str) -> Iterator[Raw]:
        """The movements of a product in a warehouse since an instant."""
        asked = {"ProductId": str(product), "SinceDate": self._local(datetime.fromisoformat(since))}
        number, before = 1, list[Raw]()
        while True:
            path = f"/api/Warehouse/{warehouse}/StockMovements"
            rows: list[Raw] = self.http.json("GET", path, params=asked | _paged(number))
            yield from rows
            if len(rows) < LONGEST_PAGE:
                return
            if rows == before:
                raise LoopingPages("Mintsoft gives the same page of movements again and again.")
            number, before = number + 1, rows

    def _orders(self, number: int, window: Window) -> tuple[Sequence[Raw], bool]:
        asked = {"IncludeOrderItems": "true", "SortOldestFirst": "true"} | _paged(number)
        if window.since:
            asked["SinceLastUpdated"] = self._local(window.since)
        if self.access.setting("orders") == "b2b":
            asked["showB2BOnly"] = "true"
        rows = self.http.json("GET", "/api/Order/List", params=asked)
        named = [row | {"status_name": self.statuses.get(str(of(row, "OrderStatusId")))} for row in rows]
        return named, len(rows) == LONGEST_PAGE

    def _products(self, number: int) -> tuple[Sequence[Raw], bool]:
        read_at = self.access.clock().isoformat()
        rows = self.http.json("GET", "/api/Product/List", params=_paged(number))
        return [row | {"read_at": read_at} for row in rows], len(rows) == LONGEST_PAGE

    def _levels(self) -> list[Raw]:
        """All levels, warehouse by warehouse, and those that are gone; the list knows no pages."""
        read_at = self.access.clock().isoformat()
        rows: list[Raw] = self.http.json("GET", "/api/Product/StockLevels")
        gone = [{"gone": "stock_level", "id": id} for id in self._gone(rows)]
        return [row | {"read_at": read_at} for row in [*rows, *gone]]

    def _gone(self, rows: Sequence[Raw]) -> list[str]:
        """What we hold of the warehouses of the list and it does not speak of; none where it may not be complete."""
        if not all(of(row, "SKU") for row in rows):
            return []  # such a row may speak of any goods
        spoken_of = {normalize("NFC", level_name(row)) for row in rows}  # as ids are kept
        places = {_place(name) for name in spoken_of}
        held = [id for id in self._held() if _place(id.rpartition("/")[0]) in places]
        gone = [id for id in held if id.rpartition("/")[0] not in spoken_of]
        return [] if len(gone) >= BELIEVED and 2 * len(gone) > len(held) else gone

    def _held(self) -> Iterator[str]:
        after = ""
        while ids := self.access.known("stock_level", after, LEVELS):
            yield from ids
            after = ids[-1]

    def _returns(self, window: Window, position: Position | None) -> Page:
        """The returns of one day, from `read_back` days ago until today."""
        today = window.until.astimezone(self.zone).date()
        begin = today - timedelta(days=int(self.access.setting("read_back", "30")))
        day = date.fromisoformat(position["day"]) if position else begin
        found = self.http.json("GET", "/api/Return/SearchByDate", params={"Date": day.isoformat()})
        items = [self._with_items(one) | {"searched_on": day.isoformat()} for one in found]
        return Page(items, {"day": (day + DAY).isoformat()} if day < today else None)

    def _with_items(self, one: Raw) -> Raw:
        if of(one, "ReturnItems"):
            return one
        items = self.http.json("GET", f"/api/Return/{int(of(one, 'ID'))}/Items")
        return {name: value for name, value in one.items() if name.lower() != "returnitems"} | {"ReturnItems": items}

    def _local(self, since: datetime) -> str:
        """An instant on the account's clocks; in the hour that they repeat in autumn, from before both."""
        there, later = since.astimezone(self.zone), (since + HOUR).astimezone(self.zone)
        put_back = max((there.utcoffset() or NONE) - (later.utcoffset() or NONE), NONE)
        return f"{there - put_back:%Y-%m-%dT%H:%M:%S}"

    def _fetch_token(self) -> Token:
        asked = {"username": self.access.setting("username"), "password": self.access.secret("password")}
        with self.access.http(self.base) as plain:
            said: Any = plain.json("POST", "/api/auth", again=True, json=asked)
        if not isinstance(said, str) or not said:
            raise NotLetIn("Mintsoft gives no key for this name and password.")
        return Token(said)


def _paged(number: int) -> dict[str, str]:
    return {"PageNo": str(number), "Limit": str(LONGEST_PAGE)}


def _place(name: str) -> str:
    return name.rpartition("@")[2] if "@" in name else ""


def of(item: Raw, name: str) -> Any:
    """A member, however its name is cased."""
    return next((value for key, value in item.items() if key.lower() == name.lower()), None)
