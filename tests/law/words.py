"""The topology, and what raw words, skus and customers mean by it."""

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
NO_IDENTIFIERS = ("N/A", "NA", "NONE", "TBC", "TBA", "-", "0")
COMPARED = {"order": ("status", "lines", "price", "total"), "return": ("status", "reason")}
ALIKE = {"order": (("open", "released"), ("fulfilled", "closed"))}
CANONICAL = {
    "order": {"open", "released", "part_fulfilled", "fulfilled", "cancelled", "closed"},
    "payment.method": {"on_account", "card", "bank_transfer", "other"},
    "payment.status": {"pending", "authorised", "paid", "part_refunded", "refunded", "void", "failed"},
    "fulfilment": {"pending", "dispatched", "cancelled"},
    "return": {"requested", "authorised", "rejected", "in_transit", "received", "inspected", "closed", "cancelled"},
    "credit": {"draft", "issued", "applied", "failed", "void"},
}
ON_ACCOUNT = {"onaccount", "payonaccount", "invoice", "netterms"}
# where a shop's minor unit is not a hundredth (ISO 4217)
MINOR = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}


def duration(text):
    return timedelta(seconds=int(text[:-1]) * SECONDS[text[-1]]) if text else None


def normalised(value):
    """A reference as it is compared: trimmed, upper-cased, without one leading #, trimmed again."""
    return (value or "").strip().upper().removeprefix("#").strip()


def folded(word):
    return word.strip().lower()


@dataclass(frozen=True)
class System:
    """One connected system."""

    key: str
    kind: str
    realm: str | None
    stock: str
    authority: frozenset
    requires: dict


@dataclass(frozen=True)
class Flow:
    """One leg: `grace`, `within` and `cadence` as durations, tolerances as exact numbers."""

    key: str
    record: str
    source: str
    target: str
    cadence: timedelta
    grace: timedelta
    within: timedelta | None
    compare: frozenset
    tolerance: dict
    same: tuple
    only: dict

    def takes(self, record):
        """Whether the record travels on this leg, as far as `only` is asked."""
        return all(_words_for(record, name) & set(values) for name, values in self.only.items())

    def alike(self, one, other):
        return one == other or any(one in words and other in words for words in self.same)


def _words_for(record, name):
    """What a record says of what a flow is narrowed to: a status in its own word and in the canonical one."""
    if name == "customer":
        return {(record.fields.get("customer") or {}).get("id")}
    return {record.raw_status, record.status} if name == "status" else {getattr(record, name)}


class Topology:
    """Systems and flows by key, and the tables that translate."""

    def __init__(self, text):
        raw = tomllib.loads(text)
        self.systems = {row["key"]: _system(row) for row in raw.get("systems", ())}
        self.flows = {row["key"]: _flow(row) for row in raw.get("flows", ())}
        self.statuses = raw.get("statuses", {})
        self.reason_codes = raw.get("reason_codes", {})
        self.rejection_reasons = raw.get("rejection_reasons", {})
        self.customers = raw.get("customers", {})
        self.skus = raw.get("skus", {})
        self.no_identifiers = {normalised(word) for word in raw.get("ignore_references", NO_IDENTIFIERS)}

    def reference(self, value):
        """A reference as it is compared, None where it is none."""
        value = normalised(value)
        return None if not value or value in self.no_identifiers else value

    def holding(self, authority):
        """Keys of the systems whose word counts for this, in order."""
        return sorted(key for key, system in self.systems.items() if authority in system.authority)

    def flows_of(self, record):
        return sorted((flow for flow in self.flows.values() if flow.record == record), key=lambda flow: flow.key)

    @property
    def portals(self):
        return {*self.holding("return"), *(flow.source for flow in self.flows_of("return"))}

    @property
    def dispatchers(self):
        return {flow.source for flow in self.flows_of("fulfilment")} or set(self.systems)

    def status(self, system, kind, raw):
        """The canonical word for a raw status, payment.method or payment.status; None where no mapping knows it."""
        if raw is None:
            return None
        word = folded(raw)
        mapped = {folded(key): value for key, value in self.statuses.get(system, {}).get(kind, {}).items()}
        if word in mapped:
            return mapped[word]
        if kind == "payment.method" and re.sub(r"[\s_-]", "", word) in ON_ACCOUNT:
            return "on_account"
        return word if word in CANONICAL[kind] else None

    def rejection(self, system, raw):
        return raw if raw is None else self.rejection_reasons.get(system, {}).get(raw, raw)

    def reason(self, system, raw):
        """The canonical reason, None where the system's table does not know the code (or there is no table)."""
        return self.reason_codes.get(system, {}).get(raw)

    def sku(self, system, raw):
        """A sku in the words of the product authority."""
        return self.skus.get(system, {}).get(raw, raw)

    def customer(self, system, raw):
        """A customer id in the words of the order authority, as it is compared."""
        if raw is None:
            return None
        table = {folded(key): value for key, value in self.customers.get(system, {}).items()}
        return folded(table.get(folded(raw), raw))

    def minor(self, currency):
        """Digits behind the point of an amount in this currency."""
        return MINOR.get(currency, 2)


def _system(row):
    return System(
        row["key"],
        row["kind"],
        row.get("realm"),
        row.get("stock", "on_hand"),
        frozenset(row.get("authority", ())),
        row.get("requires", {}),
    )


def _flow(row):
    tolerance = {name: Fraction(str(value)) for name, value in row.get("tolerance", {}).items()}
    return Flow(
        row["key"],
        row["record"],
        row["source"],
        row["target"],
        duration(row["cadence"]),
        duration(row["grace"]),
        duration(row.get("within")),
        frozenset(row.get("compare", COMPARED.get(row["record"], ()))),
        {"amount": Fraction("0.01"), "quantity": Fraction(0)} | tolerance,
        tuple(tuple(words) for words in row.get("same", ALIKE.get(row["record"], ()))),
        row.get("only", {}),
    )
