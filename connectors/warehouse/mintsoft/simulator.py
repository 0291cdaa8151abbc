"""A Mintsoft that we can run: our reading of a generated public client; nothing of it was confirmed by the vendor.

Keys by name and password that end, paged lists, orders by date of change on the warehouse's own clocks, returns by day.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from connectors.simulating import Answer, Refusal, Simulator, answer

ZONE = ZoneInfo("Europe/London")
KNOWN = {"PageNo", "Limit", "SinceLastUpdated", "IncludeOrderItems", "SortOldestFirst", "showB2BOnly", "Date"} | {
    "action",
    "ProductId",
    "SinceDate",
}
MOVES = "7"  # the action that moves stock, in this account
STOCK = ("ProductId", "WarehouseId", "LocationId", "DestinationWarehouseId", "DestinationLocationId", "Quantity")


class Mintsoft(Simulator):
    """One account. `orders`, `returns`, `levels` and `products` hold objects as the API gives them."""

    routes = {
        ("POST", "/api/auth"): "auth",
        ("GET", "/api/Order/Statuses"): "statuses",
        ("GET", "/api/Order/List"): "order_list",
        ("GET", "/api/Return/SearchByDate"): "returns_of_a_day",
        ("GET", "/api/Return/{id}/Items"): "return_items",
        ("GET", "/api/Product/StockLevels"): "stock_levels",
        ("GET", "/api/Product/List"): "product_list",
        ("POST", "/api/Warehouse/StockMovement"): "move",
        ("GET", "/api/Warehouse/{warehouse}/StockMovements"): "moved",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.username, self.password = "harbour", "hush-hush"
        self.keys: dict[str, datetime] = {}
        self.order_statuses = [{"ID": 1, "Name": "New"}, {"ID": 4, "Name": "Despatched"}]
        self.orders: list[dict[str, Any]] = []
        self.returns: list[dict[str, Any]] = []
        self.levels: list[dict[str, Any]] = []
        self.products: list[dict[str, Any]] = []
        self.movements: list[dict[str, Any]] = []
        self.stock = {(501, 1, 11): 10}
        self.lists_items = True
        self.between: Callable[[], Any] = lambda: None

    def admit(self, request: httpx.Request) -> None:
        """A key that still counts, and known parameters."""
        ends = self.keys.get(request.headers.get("ms-apikey", ""))
        if request.url.path != "/api/auth" and (ends is None or ends <= self.clock()):
            raise Refusal(401, {"Message": "Invalid or expired API key"})
        if set(request.url.params) - KNOWN:
            raise Refusal(400, {"Message": "Unknown parameter"})

    def auth(self, request: httpx.Request) -> Answer:
        """POST /api/auth: a bare JSON string."""
        if json.loads(request.content) != {"username": self.username, "password": self.password}:
            raise Refusal(401, {"Message": "Wrong user name or password"})
        key = f"key-number-{len(self.keys)}"
        self.keys[key] = self.clock() + timedelta(hours=24)
        return answer(key)

    def statuses(self, request: httpx.Request) -> Answer:
        """GET /api/Order/Statuses."""
        return answer(self.order_statuses)

    def order_list(self, request: httpx.Request) -> Answer:
        """GET /api/Order/List."""
        asked = dict(request.url.params)
        since = asked.get("SinceLastUpdated", "0001-01-01T00:00:00")
        rows = [one for one in self.orders if one["LastUpdated"] >= since]
        rows.sort(key=lambda one: str(one["LastUpdated"]), reverse=asked.get("SortOldestFirst") != "true")
        if asked.get("showB2BOnly") == "true":
            rows = [one for one in rows if one.get("B2B")]
        if asked.get("IncludeOrderItems") != "true":
            rows = [one | {"OrderItems": None} for one in rows]
        return self._told(_slice(rows, asked))

    def returns_of_a_day(self, request: httpx.Request) -> Answer:
        """GET /api/Return/SearchByDate; `On` is the day that we file a return under."""
        rows = [one for one in self.returns if one["On"] == request.url.params.get("Date")]
        return self._told(rows if self.lists_items else [one | {"ReturnItems": []} for one in rows])

    def return_items(self, request: httpx.Request, id: str) -> Answer:
        """GET /api/Return/{id}/Items."""
        for one in self.returns:
            if str(one["ID"]) == id:
                return answer(one["ReturnItems"])
        raise Refusal(404, {"Message": "Not found"})

    def stock_levels(self, request: httpx.Request) -> Answer:
        """GET /api/Product/StockLevels: all of them, as it knows no pages."""
        if request.url.params:
            raise Refusal(400, {"Message": "Unknown parameter"})
        return self._told(self.levels)

    def product_list(self, request: httpx.Request) -> Answer:
        """GET /api/Product/List."""
        return self._told(_slice(self.products, dict(request.url.params)))

    def move(self, request: httpx.Request) -> Answer:
        """POST /api/Warehouse/StockMovement: 200 also where it is refused."""
        asked = json.loads(request.content)
        lacking = [name for name in STOCK if not isinstance(asked.get(name), int)]
        begin = (asked.get("ProductId"), asked.get("WarehouseId"), asked.get("LocationId"))
        wrong = None
        if request.url.params.get("action") != MOVES:
            wrong = "Unknown action"
        elif lacking:
            wrong = f"{lacking[0]} is required"
        elif self.stock.get(begin, 0) < asked["Quantity"]:
            wrong = "There is not enough stock in this location"
        if wrong:
            return answer({"ID": 0, "Success": False, "Message": wrong, "WarningMessage": None})
        end = (asked["ProductId"], asked["DestinationWarehouseId"], asked["DestinationLocationId"])
        self.stock[begin] -= asked["Quantity"]
        self.stock[end] = self.stock.get(end, 0) + asked["Quantity"]
        self.movements.append(asked | {"ID": len(self.movements) + 1, "Date": self.local()})
        return answer({"ID": len(self.movements), "Success": True, "Message": None, "WarningMessage": None})

    def moved(self, request: httpx.Request, warehouse: str) -> Answer:
        """GET /api/Warehouse/{id}/StockMovements."""
        asked = dict(request.url.params)
        rows = [one for one in self.movements if str(one["WarehouseId"]) == warehouse]
        rows = [one for one in rows if asked.get("ProductId") in (None, str(one["ProductId"]))]
        rows = [one for one in rows if one["Date"] >= asked.get("SinceDate", "")]
        return self._told(_slice(rows, asked))

    def local(self) -> str:
        """Now, on the warehouse's clocks."""
        return f"{self.clock().astimezone(ZONE):%Y-%m-%dT%H:%M:%S}"

    def _told(self, body: Any) -> Answer:
        told = answer(body)
        self.between()
        return told


def _slice(rows: list[dict[str, Any]], asked: dict[str, str]) -> list[dict[str, Any]]:
    page, size = asked.get("PageNo", "1"), asked.get("Limit", "100")
    if not (page.isdigit() and size.isdigit() and int(page) >= 1 and 1 <= int(size) <= 100):
        raise Refusal(400, {"Message": "PageNo or Limit is out of range"})
    return rows[(int(page) - 1) * int(size) : int(page) * int(size)]
