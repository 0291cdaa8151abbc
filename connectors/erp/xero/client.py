"""Reads Xero's Accounting API 2.0: credit notes of sales with their lines, and the invoices they were set against."""

import base64
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any

import httpx

from connectors.access import Access
from connectors.auth import REFRESH, Headers, Renewed, Token
from connectors.erp.xero.mapper import allocations
from connectors.http import Http, NotAllowed, NotFound, RequestRefused, Room, VendorError, exact_json, read_error
from connectors.paging import Page, Position, Raw, Window, by_number

API, IDENTITY = "https://api.xero.com", "https://identity.xero.com"
PATH = "/api.xro/2.0"
SIZE = 100
A_MINUTE, A_DAY = 60, 5000
UNCHANGED = 304  # the answer to If-Modified-Since where nothing was, as HTTP has it
GRACE = timedelta(minutes=30)  # for so long a refresh token that was used is taken once more
SALES = 'Type=="ACCRECCREDIT"'
OPEN = f'{SALES}&&Status=="AUTHORISED"'
INVOICES = 'Type=="ACCREC"'
BOUGHT = ("ACCPAYCREDIT", "ACCPAY")  # what is bought is not ours; a document of no type is refused when it is mapped


def error_in(response: httpx.Response) -> VendorError | None:
    """The error of an answer, with what Xero found wrong in each element; that nothing was modified is none."""
    if response.status_code == UNCHANGED:
        return None
    plain = read_error(response)
    found = _validation_errors(response) if plain is not None and response.status_code == 400 else []
    return plain if plain is None or not found else type(plain)(f"{plain}: {'; '.join(found)}"[:600])


def _validation_errors(response: httpx.Response) -> list[str]:
    try:
        said = exact_json(response.content)
        return [one["Message"] for element in said["Elements"] for one in element["ValidationErrors"]]
    except (VendorError, KeyError, TypeError):
        return []


def room_in(response: httpx.Response) -> Room | None:
    """What is left of the minute, or of the day where that is less."""
    minute, day = (response.headers.get(f"X-{span}Limit-Remaining", "") for span in ("Min", "Day"))
    if not minute.isdigit():
        return None
    if day.isdigit() and int(day) < int(minute):
        return Room(float(day), A_DAY)
    return Room(float(minute), A_MINUTE, per_second=A_MINUTE / 60)


def _named(row: Raw) -> Raw:
    """The row with its id where a refusal of it looks for one."""
    return row | {"id": row.get("CreditNoteID") or row.get("InvoiceID")}


def _invoices_of(note: Raw) -> list[str]:
    """The invoices that a note is set against, by their ids."""
    return [id for one in allocations(note) if (id := one["Invoice"].get("InvoiceID"))]


class XeroClient:
    """Talks to one organisation."""

    def __init__(self, access: Access) -> None:
        self.access, self.tenant = access, access.setting("tenant_id")
        auth = Renewed(access.tokens(self._fetch_token))
        self.http = access.http(
            access.setting("base") or API,
            auth=auth,
            headers={"xero-tenant-id": self.tenant, "Accept": "application/json"},
            error_in=error_in,
            room_in=room_in,
        )

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """Whether credit notes, and invoices where they are used, can be read; an error says why not."""
        self._rows("CreditNotes", SALES, 1)
        if self._with_invoices():
            self._rows("Invoices", INVOICES, 1)
        return []

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of a feed, from the last to the first: what changes moves to the end of the list."""
        if feed == "invoices" and self.access.setting("invoices") != "orders":
            return Page([])
        resource, where = ("Invoices", INVOICES) if feed == "invoices" else ("CreditNotes", SALES)
        if feed == "open_credit_notes":
            where = OPEN
        page = by_number(lambda number: self._rows(resource, where, number, window), position)
        whole = [_named(self._with_lines(resource, row)) for row in page.items]
        return Page(whole if feed == "invoices" else self._with_references(whole), page.following)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """What a delivery says has changed, where it is of our organisation; `id` is `tenant/id`."""
        tenant, _, name = id.partition("/")
        if tenant != self.tenant or (what == "Invoices" and self.access.setting("invoices") != "orders"):
            return []
        try:
            rows = self.http.json("GET", f"{PATH}/{what}/{name}", params={"unitdp": "4"})[what]
        except NotFound:
            return []  # Xero deletes nothing: it gives it another status
        sales = [_named(row) for row in rows if row.get("Type") not in BOUGHT]
        if what == "Invoices":
            return [("invoices", row) for row in sales]
        return [("credit_notes", row) for row in self._with_references(sales)]

    def credit_notes_of(self, reference: str) -> list[Raw]:
        """The credit notes of sales that bear exactly this reference."""
        params = {"where": f'{SALES}&&Reference=="{reference}"', "page": "1", "pageSize": str(SIZE)}
        found: list[Raw] = self.http.json("GET", f"{PATH}/CreditNotes", params=params)["CreditNotes"]
        return found

    def _rows(self, resource: str, where: str, number: int, window: Window | None = None) -> tuple[list[Raw], int]:
        """A page and how many there are, as Xero counts them; pages are not read until one is empty."""
        params = {"where": where, "order": "UpdatedDateUTC ASC", "page": str(number), "pageSize": str(SIZE)}
        since = window and window.since
        # without a part of a second, and with Z: other forms are refused
        changed = {"If-Modified-Since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")} if since else {}
        answer = self.http.send("GET", f"{PATH}/{resource}", params=params | {"unitdp": "4"}, headers=changed)
        if answer.status_code == UNCHANGED:
            return [], 0
        said = exact_json(answer.content)
        return said[resource], int(said["pagination"]["pageCount"])

    def _with_lines(self, resource: str, row: Raw) -> Raw:
        """The row with its lines, which a list may leave out; one without an id is refused when it is mapped."""
        id = row.get("CreditNoteID" if resource == "CreditNotes" else "InvoiceID")
        if row.get("LineItems") or not id:
            return row
        whole: Raw = self.http.json("GET", f"{PATH}/{resource}/{id}", params={"unitdp": "4"})[resource][0]
        return whole

    def _with_references(self, notes: Iterable[Raw]) -> list[Raw]:
        """The notes with number and reference of the invoices that they were set against."""
        rows = list(notes)
        ids = sorted({id for note in rows for id in _invoices_of(note)})
        if not ids or not self._with_invoices():
            return rows
        said: dict[str, Any] = {}
        for begin in range(0, len(ids), 40):  # the address must not become too long
            params = {"IDs": ",".join(ids[begin : begin + 40]), "page": "1", "pageSize": str(SIZE)}
            found = self.http.json("GET", f"{PATH}/Invoices", params=params)["Invoices"]
            said |= {
                one["InvoiceID"]: {name: one.get(name) for name in ("InvoiceNumber", "Reference")}
                for one in found
                if one.get("InvoiceID")
            }
        for note in rows:
            note["AllocatedTo"] = [said[id] for id in _invoices_of(note) if id in said]
        return rows

    def _with_invoices(self) -> bool:
        return self.access.setting("invoice_reference", "order_number") != "never"

    def _fetch_token(self) -> Token:
        """A token for half an hour; a refresh token counts once, and the answer holds the next."""
        pair = f"{self.access.setting('client_id')}:{self.access.secret('client_secret')}"
        basic = Headers({"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"})
        with self.access.http(self.access.setting("base") or IDENTITY, auth=basic) as plain:
            said = self._granted(plain)
        lives = timedelta(seconds=float(said["expires_in"]))
        return Token(said["access_token"], lives, said.get("refresh_token"), GRACE)

    def _granted(self, plain: Http) -> Raw:
        """The answer to the first grant that Xero takes."""
        *first, last = self._grants()
        for grant in first:
            with suppress(RequestRefused):
                return self._asked_for(plain, grant)
        return self._asked_for(plain, last)

    def _asked_for(self, plain: Http, grant: dict[str, str]) -> Raw:
        said: Raw = plain.json("POST", "/connect/token", data=grant)
        return said

    def _grants(self) -> list[dict[str, str]]:
        """What to ask with: the refresh token, and the one before it while Xero may still take that."""
        if self.access.setting("grant") == "client_credentials":
            writes = bool(self.access.connection.writes_allowed)
            scope = "accounting.transactions" if writes else "accounting.transactions.read"
            return [{"grant_type": "client_credentials", "scope": scope}]
        kept = self.access.secrets(REFRESH)
        if not kept:
            raise NotAllowed("No refresh token is entered: consent with the scope offline_access gives one.")
        return [{"grant_type": "refresh_token", "refresh_token": one} for one in kept]
