"""What each kind of exception is: its SELECT beside its declaration, under `checks/<ledger>/<kind>.sql` and `.toml`."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

CHECKS = Path(__file__).parent / "checks"
SPACES = ("group", "line", "sku", "customer", "rest")
GROUNDS = (
    "subject",
    "record",
    "either",
    "either_or_return",
    "leg",
    "group_leg",
    "return",
    "system",
    "sku_system",
    "group",
)


class DeclarationRefused(ValueError):
    """A declaration does not say what a check needs; the message names the kind and the key."""


@dataclass(frozen=True)
class Yield:
    """The kind gives way to the more telling kind `to` where both share what `on` names (checks.md)."""

    to: str
    on: str


@dataclass(frozen=True)
class Check:
    """One kind of exception. `space` names the keys its findings are sharded by (SPACES).

    `merge`: of one subject found on several flows the `greatest` amount counts, or their `sum`.
    """

    kind: str
    ledger: str
    sql: str
    title: str
    question: str
    rule: str
    severity: str
    team: str
    claim_within: str
    resolve_within: str
    resolutions: list[str]
    space: str = "group"
    merge: str = "greatest"
    yields: list[Yield] = field(default_factory=list)


@cache
def checks() -> dict[str, Check]:
    """Every check by its kind, a kind after all those it yields to; raises DeclarationRefused."""
    found = {path.stem: _read(path) for path in sorted(CHECKS.glob("*/*.sql"))}
    order = TopologicalSorter({kind: [rule.to for rule in check.yields] for kind, check in found.items()})
    return {kind: found[kind] for kind in order.static_order() if kind in found}


def check(kind: str) -> Check:
    """The declaration of a kind; KeyError where there is none."""
    return checks()[kind]


def kind_title(kind: str) -> str:
    """A kind in words; its key where it is no longer declared."""
    declared = checks().get(kind)
    return declared.title if declared else kind


def _read(path: Path) -> Check:
    declared = path.with_suffix(".toml")
    if not declared.exists():
        raise DeclarationRefused(f"{path.stem}: there is no {declared.name} beside the SELECT")
    said = tomllib.loads(declared.read_text(encoding="utf-8"))
    try:
        yields = [Yield(**rule) for rule in said.pop("yields", [])]
        made = Check(
            kind=path.stem, ledger=path.parent.name, sql=path.read_text(encoding="utf-8"), yields=yields, **said
        )
    except TypeError as error:
        raise DeclarationRefused(f"{path.stem}: {error}") from error
    if made.space not in SPACES or any(rule.on not in GROUNDS for rule in yields):
        raise DeclarationRefused(f"{path.stem}: unknown space or ground of a yield")
    return made
