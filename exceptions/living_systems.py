"""The sample brand's systems as vendors would run them: simulators on this machine's loopback, and folders of files.

Its storefront and shop are pulled, its shop, portal and integration layer deliver, its warehouse and ERP send files.
The layer also tells by the API which copies of orders the portal has. What none of them has words for is handed back,
to be taken in as lines.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from connectors.connecting import connect
from connectors.locks import Busy
from connectors.models import Connection, Cursor
from connectors.sample_brand.shop import SHOP
from connectors.sample_brand.story import Line
from connectors.simulating import Simulator, served
from connectors.sparklayer.simulator import SparkLayer
from exceptions.living import TakeIn
from exceptions.living_tellers import Door, Filed, Layer, Portal, Shop, Storefront
from exceptions.models import ApiToken
from exceptions.people.tokens import issue, revoke
from exceptions.pulling import handle_told, pull_feed
from reconciliation.models import System

BRAND = "harbour-and-pine"
TOKEN, LIFE = "Harbour & Pine, integration layer", timedelta(days=365)
VENDORS = {"warehouse": "file", "erp": "file", "ipaas": "generic"}  # as its topology has them


class Teller(Protocol):
    """One system of the brand; `unread` names the feeds that have something new, and `prompt` has them read at once."""

    connection: Connection
    unread: set[str]
    prompt: ClassVar[bool]

    def tell(self, lines: Sequence[Line]) -> list[Line]:
        """Makes known what the system has words for; gives back the rest."""

    def remember(self, lines: Iterable[Line]) -> None:
        """Holds what was made known before a restart."""


@dataclass
class Systems:
    """All systems of the brand that nobody else has connected."""

    tellers: list[Teller]

    def tell(self, lines: Sequence[Line]) -> list[Line]:
        """Each system tells its own; what is left over belongs to none."""
        left = list(lines)
        for teller in self.tellers:
            left = teller.tell(left)
        return left

    def take_in(self, lines: Sequence[Line], take_in_rest: TakeIn) -> None:
        """Each system tells its own, and what is prompt is read: in one transaction, as no run is to see half of it."""
        rest = self.tell(lines)
        with transaction.atomic():
            take_in_rest(rest)
            self.read(only_prompt=True)
            for teller in self.tellers:
                with suppress(Busy):  # a worker handles them just now
                    handle_told(teller.connection)

    def read(self, *, only_prompt: bool = False) -> int:
        """Has the feeds read that have something new, as the brand's days are minutes; how many were."""
        done = 0
        for teller in self.tellers:
            for feed in sorted(teller.unread) if teller.prompt or not only_prompt else ():
                try:
                    pull_feed(Connection.objects.get(id=teller.connection.id), feed)
                except Busy:  # a worker reads it just now, perhaps from before the news
                    continue
                teller.unread.discard(feed)
                done += 1
        return done


@contextmanager
def open_systems(known: Iterable[Line], *, address: str, at: datetime) -> Iterator[Systems]:
    """The brand's systems, holding what they told so far, connected; those of somebody else's are left alone.

    `address` is where the product answers. At the end the connections are paused.
    """
    before = list(known)
    with ExitStack() as open_now:
        made = [open_now.enter_context(one(address, at)) for one in OPENED]
        tellers = [teller for teller in made if teller is not None]
        for teller in tellers:
            teller.remember(before)
        try:
            yield Systems(tellers)
        finally:
            ids = [teller.connection.id for teller in tellers]
            Connection.objects.filter(id__in=ids).update(paused_at=timezone.now())


@contextmanager
def _shop(address: str, at: datetime) -> Iterator[Teller | None]:
    """The shop, where what executes its queries is installed."""
    if not _free("shopify") or find_spec("graphql") is None:
        yield None
        return
    from exceptions.living_shop import LivingShop

    shop = LivingShop(timezone.now, SHOP)
    given = {"shop": SHOP, "client_id": shop.client_id, "client_secret": shop.client_secret}
    with _at_home(shop, "shopify", given, at) as connection:
        yield Shop(connection, shop, Door.of(connection, address))


@contextmanager
def _storefront(address: str, at: datetime) -> Iterator[Teller | None]:
    if not _free("sparklayer"):
        yield None
        return
    site = SparkLayer(timezone.now, BRAND)
    given = {"site_id": site.site, "client_id": site.client_id, "client_secret": site.client_secret}
    with _at_home(site, "sparklayer", given, at) as connection:
        # of the ninety days before it holds nothing, and so is not asked whether they are still there
        read = {"succeeded_at": at, "watermark": at}
        Cursor.objects.update_or_create(connection=connection, feed="held", defaults=read)
        yield Storefront(connection, site)


@contextmanager
def _portal(address: str, at: datetime) -> Iterator[Teller | None]:
    yield Portal.connected(_connected("rebound", Portal.given, at), address) if _free("rebound") else None


@contextmanager
def _layer(address: str, at: datetime) -> Iterator[Teller | None]:
    if not _free("ipaas"):
        yield None
        return
    connection = _connected("ipaas", Layer.given, at)
    with _token(at) as token:
        records = Door(f"{address}/api/v1/records")
        yield Layer(connection, Door.of(connection, address), records=records, token=token)


@contextmanager
def _token(at: datetime) -> Iterator[str]:
    """A token of the layer's own, which counts for as long as the brand lives; one of a life before does no more."""
    said: dict[str, Any] = {"by": None, "source": "command"}
    for before in ApiToken.objects.filter(name=TOKEN, revoked_at=None):
        revoke(before, at=at, **said)
    token, text = issue(name=TOKEN, scopes=["ingest"], expires_at=at + LIFE, at=at, **said)
    try:
        yield text
    finally:
        revoke(token, at=timezone.now(), **said)


@contextmanager
def _warehouse(address: str, at: datetime) -> Iterator[Teller | None]:
    given = {"folder": f"{BRAND}-warehouse", "order_number": "sales_order", "snapshots": "partial"}
    yield Filed(_connected("warehouse", given, at)) if _free("warehouse") else None


@contextmanager
def _erp(address: str, at: datetime) -> Iterator[Teller | None]:
    yield Filed(_connected("erp", {"folder": f"{BRAND}-erp"}, at)) if _free("erp") else None


OPENED = (_shop, _storefront, _portal, _layer, _warehouse, _erp)


@contextmanager
def _at_home(simulator: Simulator, system: str, given: dict[str, str], at: datetime) -> Iterator[Connection]:
    """The simulator at an address of this time, connected."""
    with served(simulator) as base:
        yield _connected(system, given, at, base=base)


def _free(system: str) -> bool:
    """Whether the topology still has the system as the brand has it, and nobody has connected their own."""
    if not System.objects.filter(key=system, kind=system, vendor=VENDORS.get(system, "")).exists():
        return False
    theirs = Connection.objects.filter(system=system).first()
    return theirs is None or theirs.settings.get("brand") == BRAND or theirs.settings.get("shop") == SHOP


def _connected(system: str, given: dict[str, str], at: datetime, **more: Any) -> Connection:
    """Connected for as long as the brand lives; then the connection is paused."""
    if "folder" in given:
        (settings.FILE_FEEDS_DIR / given["folder"]).mkdir(parents=True, exist_ok=True)
    connection = connect(system=system, kind=system, vendor=VENDORS.get(system, ""), given=given, at=at)
    connection.settings |= {"brand": BRAND} | more
    connection.paused_at = connection.open_until = None
    connection.save(update_fields=["settings", "paused_at", "open_until"])
    return connection
