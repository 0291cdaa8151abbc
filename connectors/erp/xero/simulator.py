"""An organisation that we can run. It keeps to what is documented: refresh tokens that rotate, tokens for 30 minutes,
the tenant's header, dates with Z alone, pages counted, 60 requests a minute and 5,000 a day, errors by element,
signatures.
"""

import base64
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NoReturn
from urllib.parse import parse_qs

import httpx

from connectors.simulating import Answer, Bucket, Refusal, Simulator, answer

Row = dict[str, Any]
LIVES, UNUSED, GRACE = timedelta(minutes=30), timedelta(days=60), timedelta(minutes=30)
MOST_A_PAGE = 1000
NAMES = {"CreditNotes": ("CreditNoteID", "CreditNoteNumber"), "Invoices": ("InvoiceID", "InvoiceNumber")}
CATEGORIES = {"CREDITNOTE": "CreditNotes", "INVOICE": "Invoices"}
TENANT = "aef86862-2015-4b6b-88bc-d89032cecc50"
WHERE = re.compile(r'(\w+)=="([^"]*)"')
CLAUSES = re.compile(rf"(?:{WHERE.pattern}(?:&&(?=.)|$))*")


def refuse(status: int, type: str, message: str, *wrong: str) -> NoReturn:
    """Raises a refusal in Xero's form."""
    elements = [{"ValidationErrors": [{"Message": one} for one in wrong]}] if wrong else []
    raise Refusal(status, {"ErrorNumber": 10, "Type": type, "Message": message, "Elements": elements})


class Xero(Simulator):
    """One organisation: `rows` by resource and id."""

    routes = {
        ("POST", "/connect/token"): "token",
        ("GET", "/api.xro/2.0/{resource}"): "listed",
        ("GET", "/api.xro/2.0/{resource}/{id}"): "single",
        ("PUT", "/api.xro/2.0/CreditNotes"): "create",
    }

    def __init__(self, clock: Callable[[], datetime], tenant: str = TENANT) -> None:
        super().__init__(clock)
        self.tenant, self.client_id, self.client_secret = tenant, "client-1", "xero-hush-hush"
        self.key = "webhook-hush"
        self.refresh_tokens: dict[str, datetime] = {"refresh-0": clock() + UNUSED}  # until when each is taken
        self.tokens: dict[str, datetime] = {}
        self.minute, self.day = Bucket(60, 1, clock), Bucket(5000, 5000 / 86400, clock)
        self.rows: dict[str, dict[str, Row]] = {"CreditNotes": {}, "Invoices": {}}
        self.contacts = {"contact-1": "Acme"}
        self.may_write = True
        self.answered: dict[str, tuple[bytes, Row]] = {}
        self.lines_in_lists = True
        self.between: Callable[[], None] = lambda: None

    def put(self, resource: str, row: Row, changed: datetime | None = None) -> Row:
        """Stores a document as changed now, unless it says when."""
        at = (changed or self.clock()).astimezone(UTC)
        dates = {"UpdatedDateUTC": ms_json(at), "UpdatedDateUTCString": at.isoformat().replace("+00:00", "Z")}
        self.rows[resource][row[NAMES[resource][0]]] = row | dates
        return self.rows[resource][row[NAMES[resource][0]]]

    def admit(self, request: httpx.Request) -> None:
        """Tokens first, then the tenant, then the limits."""
        if request.url.path == "/connect/token":
            return
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, datetime.min.replace(tzinfo=UTC)) <= self.clock():
            raise Refusal(401, {"Title": "Unauthorized", "Status": 401, "Detail": "TokenExpired"})
        if request.headers.get("xero-tenant-id") != self.tenant:
            raise Refusal(403, {"Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"})
        if not self.day.take():
            raise Refusal(429, None, {"Retry-After": "3600", "X-Rate-Limit-Problem": "day"})
        if not self.minute.take():
            raise Refusal(429, None, {"Retry-After": "15", "X-Rate-Limit-Problem": "minute"})

    def token(self, request: httpx.Request) -> Row:
        """A token by a refresh token, which is taken for half an hour more, or by the client's credentials."""
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            raise Refusal(401, {"error": "invalid_client"})
        form = {name: said[0] for name, said in parse_qs(request.content.decode()).items()}
        given = form.get("refresh_token", "")
        if form.get("grant_type") == "refresh_token":
            until = self.refresh_tokens.get(given)
            if until is None or until <= self.clock():
                raise Refusal(400, {"error": "invalid_grant"})
            self.refresh_tokens[given] = min(until, self.clock() + GRACE)
        elif form.get("grant_type") != "client_credentials":
            raise Refusal(400, {"error": "unsupported_grant_type"})
        token, following = f"xero-token-{len(self.tokens)}", f"refresh-{len(self.tokens) + 1}"
        self.tokens[token] = self.clock() + LIVES
        said: Row = {"access_token": token, "expires_in": int(LIVES.total_seconds()), "token_type": "Bearer"}
        if given:
            self.refresh_tokens[following] = self.clock() + UNUSED
            said["refresh_token"] = following
        return said

    def listed(self, request: httpx.Request, resource: str) -> Answer:
        """A page of documents, the last changed last where that is asked for."""
        asked = request.url.params
        rows = self._found(resource, request)
        page, size = int(asked.get("page", "1")), int(asked.get("pageSize", "100"))
        if not 1 <= size <= MOST_A_PAGE or page < 1:
            refuse(400, "ValidationException", "A validation exception occurred", f"pageSize {size} is not allowed")
        count = -(-len(rows) // size)
        shown = [_priced(row, asked) for row in rows[(page - 1) * size : page * size]]
        told = {
            "Status": "OK",
            "pagination": {"page": page, "pageSize": size, "pageCount": count, "itemCount": len(rows)},
            resource: shown if self.lines_in_lists else [row | {"LineItems": []} for row in shown],
        }
        made = answer(told, headers=self._left())
        self.between()
        return made

    def single(self, request: httpx.Request, resource: str, id: str) -> Answer:
        """One document, by its id or number."""
        for row in self.rows.get(resource, {}).values():
            if id in (row.get(name) for name in NAMES[resource]):
                told = {"Status": "OK", resource: [_priced(row, request.url.params)]}
                return answer(told, headers=self._left())
        raise Refusal(404, {"Title": "The resource you're looking for cannot be found", "Status": 404})

    def create(self, request: httpx.Request) -> Answer:
        """A credit note; the same key with the same note again gives the same answer and makes nothing."""
        key = request.headers.get("Idempotency-Key", "")
        if not self.may_write:
            raise Refusal(403, {"Title": "Forbidden", "Status": 403, "Detail": "The scope does not allow it"})
        if len(key) > 128:
            refuse(400, "ValidationException", "Idempotency-Key exceeds 128 characters")
        if key in self.answered:
            asked, made = self.answered[key]
            if asked != request.content:
                refuse(400, "ValidationException", "Idempotency-Key was used with another request")
            return answer(made, headers=self._left())
        (note,) = json.loads(request.content)["CreditNotes"]
        self._validate(note)
        made = {"Status": "OK", "CreditNotes": [self.put("CreditNotes", self._whole(note))]}
        if key:
            self.answered[key] = (request.content, made)
        return answer(made, headers=self._left())

    def _validate(self, note: Row) -> None:
        wrong = []
        if note.get("Type") != "ACCRECCREDIT":
            wrong.append("Type is not valid")
        if (note.get("Contact") or {}).get("ContactID") not in self.contacts:
            wrong.append("The Contact could not be found")
        if not note.get("LineItems"):
            wrong.append("One or more line items must be specified")
        if wrong:
            refuse(400, "ValidationException", "A validation exception occurred", *wrong)

    def _whole(self, note: Row) -> Row:
        number = len(self.rows["CreditNotes"]) + 1
        rows = [
            one
            | {"LineItemID": f"line-{n}", "LineAmount": round(one["Quantity"] * one["UnitAmount"], 2), "TaxAmount": 0}
            for n, one in enumerate(note["LineItems"], 1)
        ]
        total = sum(one["LineAmount"] for one in rows)
        made = {"CreditNoteID": f"made-{number}", "CreditNoteNumber": f"CN-{number:04}", "LineItems": rows}
        dated = {"DateString": f"{self.clock():%Y-%m-%dT00:00:00}", "RemainingCredit": total, "Allocations": []}
        worth = {"SubTotal": total, "TotalTax": 0, "Total": total, "Payments": []}
        return note | made | dated | worth

    def _found(self, resource: str, request: httpx.Request) -> list[Row]:
        asked, since = request.url.params, request.headers.get("If-Modified-Since")
        if since is not None and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", since):
            refuse(400, "ValidationException", "If-Modified-Since is no date-time", since)
        rows = list(self.rows[resource].values())
        if since is not None:
            rows = [row for row in rows if _changed(row) >= datetime.fromisoformat(since)]
        if CLAUSES.fullmatch(asked.get("where", "")) is None:
            refuse(400, "QueryParseException", "The where clause is not of the form that is simulated", asked["where"])
        for name, said in WHERE.findall(asked.get("where", "")):
            rows = [row for row in rows if row.get(name) == said]
        if "IDs" in asked:
            rows = [row for row in rows if row.get(NAMES[resource][0]) in asked["IDs"].split(",")]
        return sorted(rows, key=_changed) if asked.get("order") == "UpdatedDateUTC ASC" else rows

    def _left(self) -> dict[str, str]:
        return {
            "X-MinLimit-Remaining": str(int(self.minute.left)),
            "X-DayLimit-Remaining": str(int(self.day.left)),
            "X-AppMinLimit-Remaining": "9999",
        }

    def delivery(self, *events: Row) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery, signed."""
        raw = json.dumps(
            {
                "events": [self._event(**event) for event in events],
                "firstEventSequence": 1,
                "lastEventSequence": max(len(events), 1),
                "entropy": "FXNGWLCCGVANWHKILRUB",
            }
        ).encode()
        digest = hmac.new(self.key.encode(), raw, sha256).digest()
        return {"x-xero-signature": base64.b64encode(digest).decode()}, raw

    def _event(self, **said: Any) -> Row:
        """An event with all that one always says; of a credit note also type and status."""
        resource = CATEGORIES.get(said["eventCategory"], "Contacts")
        base: Row = {
            "tenantId": self.tenant,
            "tenantType": "ORGANISATION",
            "resourceUrl": f"https://api.xero.com/api.xro/2.0/{resource}/{said['resourceId']}",
            "eventDateUtc": self.clock().isoformat(),
        }
        if resource == "CreditNotes":
            row = self.rows[resource].get(said["resourceId"], {})
            base["data"] = {name: row.get(name) for name in ("Type", "Status")}
        return base | said


def ms_json(at: datetime) -> str:
    """A moment as Xero's older dates have it."""
    return f"/Date({int(at.timestamp() * 1000)}+0000)/"


def _changed(row: Row) -> datetime:
    return datetime.fromisoformat(row["UpdatedDateUTCString"])


def _priced(row: Row, asked: httpx.QueryParams) -> Row:
    """A document whose prices have two places, unless four are asked for."""
    places = 4 if asked.get("unitdp") == "4" else 2
    lines = [
        line | {"UnitAmount": round(line["UnitAmount"], places)} if line.get("UnitAmount") else line
        for line in row.get("LineItems") or []
    ]
    return row | {"LineItems": lines}
