"""What several systems say of one thing, side by side: columns are systems, rows are facts, differences in words."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reconciliation.models import Flow

# what a flow compares where the topology does not say, and which statuses count as the same on it (contract.md)
COMPARED = {"order": ("status", "lines", "price", "total"), "return": ("status", "reason")}
SAME = {"order": (("open", "released"), ("fulfilled", "closed"))}
OPTIONAL = ("status", "lines", "price", "total", "customer", "reason")
CENT = Decimal("0.01")

Judge = Callable[[str, Any, Any], str]


@dataclass(frozen=True)
class Told:
    """What one system says of a fact: `value` is compared, `words` are shown, `note` below them; `address`: where the
    records behind it are listed."""

    value: Any
    words: str
    note: str = ""
    address: str = ""


@dataclass(frozen=True)
class Cell:
    """What stands in one column; `mark` says in words how it differs, `counts` whether that is a disagreement."""

    words: str
    note: str = ""
    mark: str = ""
    address: str = ""

    @property
    def counts(self) -> bool:
        """Whether the difference is one that the systems should not have."""
        return self.mark == "differs"


@dataclass(frozen=True)
class Fact:
    """One row: its name and a cell for each column, null where the system says nothing; `sku` where it is about one."""

    name: str
    cells: list[Cell | None]
    sku: str = ""

    @property
    def differs(self) -> bool:
        """Whether any system disagrees."""
        return any(cell.counts for cell in self.cells if cell)


@dataclass(frozen=True)
class Section:
    """Rows under one heading."""

    title: str
    facts: list[Fact]

    @property
    def differing(self) -> list[Fact]:
        """The rows on which systems disagree."""
        return [fact for fact in self.facts if fact.differs]


@dataclass(frozen=True)
class Leg:
    """What must agree between the reference and one other system, with the topology's defaults filled in."""

    compare: Sequence[str]
    same: Sequence[Sequence[str]]
    tolerance: Decimal = CENT
    tolerance_quantity: Decimal = Decimal(0)

    @classmethod
    def usual(cls, record: str) -> "Leg":
        """What is compared where no flow leads from the reference to the system."""
        return cls(COMPARED.get(record, ()), SAME.get(record, ()))

    @classmethod
    def of(cls, flow: Flow) -> "Leg":
        """The leg of a flow."""
        usual = cls.usual(flow.record)
        return cls(
            usual.compare if flow.compare is None else flow.compare,
            usual.same if flow.same is None else flow.same,
            CENT if flow.tolerance_amount is None else flow.tolerance_amount,
            Decimal(0) if flow.tolerance_quantity is None else flow.tolerance_quantity,
        )

    def judge(self, what: str, mine: Any, other: Any) -> str:
        """In words how `other` differs from `mine` in `what`: a word of `compare`, or one that always counts."""
        if mine == other or (what == "status" and any(mine in words and other in words for words in self.same)):
            return ""
        tolerance = self.tolerance_quantity if what == "lines" else self.tolerance
        if what in ("price", "total", "lines") and _near(mine, other, tolerance):
            return "differs within tolerance"
        return "differs" if what in self.compare or what not in OPTIONAL else "differs, not compared"


def legs(flows: Iterable[Flow], record: str, systems: Sequence[str], speaking: Container[str]) -> dict[str, Leg]:
    """How each system is compared with the first that speaks: by the flow between them, else as is usual."""
    first = next((system for system in systems if system in speaking), None)
    direct = {flow.target_id: Leg.of(flow) for flow in flows if (flow.record, flow.source_id) == (record, first)}
    return {system: direct.get(system) or Leg.usual(record) for system in systems}


def sentences(sections: Iterable[Section], names: Sequence[str]) -> list[str]:
    """Each disagreement in one line: who says what, those that say the same together; `names` of the columns."""
    told = []
    for section in sections:
        for one in section.differing:
            said: dict[str, list[str]] = {}
            for name, cell in zip(names, one.cells, strict=True):
                if cell is not None:
                    said.setdefault(cell.words, []).append(name)
            words = "; ".join(f"{words} in {', '.join(who)}" for words, who in said.items())
            told.append(f"{section.title}, {one.name}: {words}")
    return told


def _near(mine: Any, other: Any, tolerance: Decimal) -> bool:
    return isinstance(mine, Decimal) and isinstance(other, Decimal) and abs(mine - other) <= tolerance


def fact(
    name: str,
    told: Mapping[str, Told],
    columns: Sequence[str],
    judge: Judge,
    trusted: Sequence[str] = (),
    sku: str = "",
) -> Fact:
    """A row: `judge` compares each with the first of `trusted` that speaks, else with the first column that does."""
    reference = next((system for system in (*trusted, *columns) if system in told), None)
    cells: list[Cell | None] = []
    for system in columns:
        said = told.get(system)
        if said is None or reference is None:
            cells.append(None)
            continue
        mark = "" if system == reference else judge(system, told[reference].value, said.value)
        cells.append(Cell(said.words, said.note, mark, said.address))
    return Fact(name, cells, sku)


def differs(system: str, mine: Any, other: Any) -> str:
    """The judge of facts that no flow has a tolerance for."""
    return "" if mine == other else "differs"


def each(net: Decimal, quantity: Decimal) -> Decimal:
    """A price of one base unit: at least two decimals, at most six."""
    price = (net / quantity).quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()
    return price if price.as_tuple().exponent <= -2 else price.quantize(CENT)  # type: ignore[operator]
