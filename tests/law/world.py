"""What exists as of a moment: records, groups, catalogues, outcomes, refusals. Written from the contract alone."""

from collections import defaultdict
from datetime import datetime
from functools import cached_property

from tests.law.groups import joined
from tests.law.lines import Refused, read
from tests.law.records import Line, Record
from tests.law.words import Topology

GROUPED = ("order", "fulfilment", "return", "credit")


class World:
    """All that is said as of a moment.

    `lines`: raw lines (bytes) in order of arrival; `topology`: the TOML text; `moment`: an aware datetime; `links`:
    pairs of record keys (type, system, id) that a person linked.
    """

    def __init__(self, lines, topology, moment, links=()):
        self.topology = Topology(topology)
        self.moment: datetime = moment
        self.links = links
        everything = read(lines, self.topology)
        self.refused = [r for r in everything if isinstance(r, Refused) and (r.at is None or r.at <= moment)]
        self.said = [s for s in everything if not isinstance(s, Refused) and s.at <= moment]
        self.sent = {(s.system, s.type) for s in self.said}
        self.newest = self._newest()
        self.records = sorted((r for r in self.newest.values() if not r.deleted), key=lambda record: record.key)

    def of(self, kind):
        """Current records of a type."""
        return self._by_type[kind]

    @cached_property
    def _by_type(self):
        found = defaultdict(list)
        for record in self.records:
            found[record.type].append(record)
        return found

    def _newest(self):
        """The reigning version of each record, deleted ones too, with its history."""
        versions = defaultdict(dict)
        for said in self.said:
            moments = versions[said.type, said.system, said.id]
            if said.at not in moments or moments[said.at].rank < said.rank:
                moments[said.at] = said
        return {key: self._reigning([moments[at] for at in sorted(moments)]) for key, moments in versions.items()}

    def _reigning(self, versions):
        history = [Record(said, self) for said in versions]
        for number, record in enumerate(history):
            record.history = history[: number + 1]
            before = history[number - 1] if number else None
            if before and before.deleted == record.deleted and (record.deleted or before.fields == record.fields):
                record.changed_at = before.changed_at
        return history[-1]

    def has_sent(self, system, kind):
        """Whether a system has ever sent a record of a type, as of the moment; a deleted one counts."""
        return (system, kind) in self.sent

    # catalogues

    @cached_property
    def catalogues(self):
        """Products by system and raw sku."""
        found = defaultdict(dict)
        for product in self.of("product"):
            found[product.system].setdefault(product.sku, product)
        return found

    def master(self, sku):
        """The product authority's product for a sku in its words, None where it has none."""
        holders = self.topology.holding("product")
        return next((self.catalogues[key][sku] for key in holders if sku in self.catalogues[key]), None)

    def base_sku(self, system, sku):
        sku = self.topology.sku(system, sku)
        product = self.master(sku)
        return product.base_sku or sku if product else sku

    def pack_size(self, system, sku, stated):
        own, master = self.catalogues[system].get(sku), self.master(self.topology.sku(system, sku))
        known = (stated, own and own.pack_size, master and master.pack_size, 1)
        return next(size for size in known if size)

    def lines_of(self, record):
        rows = record.fields.get("lines") or []
        goods = [_worth(row) for row in rows]
        total = sum(worth for worth in goods if worth is not None)
        discount = record.discount if record.type == "order" else None
        share = discount / total if discount and total else 0
        return [self._line(record, row, worth, share) for row, worth in zip(rows, goods, strict=True)]

    def _line(self, record, row, worth, share):
        pack = self.pack_size(record.system, row["sku"], row["pack_size"])
        net = None if worth is None else worth - worth * share
        base = row["quantity"] * pack
        received, accepted = row.get("received_quantity"), row.get("accepted_quantity")
        kept = next(q for q in (accepted, received, row["quantity"]) if q is not None)
        refund = row.get("unit_refund")
        return Line(
            id=row["id"],
            sku=row["sku"],
            base_sku=self.base_sku(record.system, row["sku"]),
            uom=row["uom"],
            pack_size=pack,
            own_pack_size=row["pack_size"],
            quantity=row["quantity"],
            base_quantity=base,
            net=net,
            base_price=net / base if net is not None and base else None,
            received=None if received is None else received * pack,
            accepted=kept * pack,
            unit_refund=None if refund is None else refund / pack,
            reason_code=row.get("reason_code"),
            reason=row.get("reason"),
            disposition=row.get("disposition"),
        )

    # groups

    @cached_property
    def groups(self):
        return joined(self)

    @cached_property
    def group_by_record(self):
        return {record.key: group for group in self.groups for record in group.records}

    @cached_property
    def group_by_outcome(self):
        return {outcome.key: group for group in self.groups for outcome in group.outcomes}

    def group_of(self, record):
        """The group that a record stands in."""
        return self.group_by_record[record.key]

    # outcomes

    @cached_property
    def last_outcomes(self):
        """The last outcome by (flow, type, id) of the record."""
        found = {}
        for outcome in sorted(self.of("outcome"), key=lambda o: (o.at, o.id)):
            found[outcome.flow, outcome.record["type"], outcome.record["id"]] = outcome
        return found

    def last_outcome(self, flow, record):
        """The last outcome for a record on a flow, None where there is none."""
        return self.last_outcomes.get((flow.key, record.type, record.id)) if record.system == flow.source else None

    def last_outcome_on(self, flow):
        """When the flow last reported anything, None where it never did."""
        return max((o.at for o in self.of("outcome") if o.flow == flow.key), default=None)


def _worth(row):
    price = row.get("unit_price")
    return None if price is None else price * row["quantity"] - (row.get("discount") or 0)
