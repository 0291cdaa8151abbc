"""Mappers are pure: nothing that they name, however far away it is made, is network, database, clock or chance."""

import ast
from functools import cache

import pytest

from connectors.registry import connectors
from reconciliation.project.embedded import ROOT

OURS, MODELS = "connectors.", "connectors.models."
PURE = ("collections", "contextlib", "dataclasses", "datetime", "decimal", "enum", "functools", "http.HTTPStatus")
PURE += ("itertools", "json", "math", "operator", "re", "types", "typing", "unicodedata", "zoneinfo")
CLOCKS = {"now", "today", "utcnow"}
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "connectors").rglob("mapper.py")}
ELSEWHERE = {f"{made.lines.__module__}.{made.lines.__name__}" for made in connectors()}
MAPPERS = sorted(MODULES | {name for name in ELSEWHERE if name.rpartition(".")[0] not in MODULES})


@cache
def tree(module):
    """A module of ours, parsed; None for what is none."""
    path = ROOT.joinpath(*module.split("."))
    found = next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()), None)
    return ast.parse(found.read_text(encoding="utf-8")) if found else None


@cache
def names(module):
    """What a module calls things: the name → the statements that make it, or where it is imported from."""
    found = {}
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in tree(module).body:
        for name in made_by(node):
            found[name] = [*found.get(name, []), node]
    return found


def made_by(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]


def comes_to(mapper):
    """The names outside connectors/ that a module or function comes to, and our models; `.now` for any clock."""
    waiting, seen = spoken(mapper, tree(mapper)) if tree(mapper) else spoken_where_made(mapper), set()
    while waiting:
        if (name := waiting.pop()) not in seen:
            seen.add(name)
            waiting += [] if is_outside(name) else spoken_where_made(name)
    return {name for name in seen if is_outside(name)}


def is_outside(name):
    return not name.startswith(OURS) or f"{name}.".startswith(MODELS)


def spoken_where_made(name):
    """The whole names in the statements that make a name of ours; a module by itself says nothing."""
    home, _, own = name.rpartition(".")
    if tree(name) or not tree(home):
        return []
    made = names(home).get(own, [])
    return [made] if isinstance(made, str) else [said for node in made for said in spoken(home, node)]


def spoken(home, node):
    return [name for part in ast.walk(node) for name in said(home, part)]


def said(home, part):
    """The whole names that a piece of a module's tree says."""
    if isinstance(part, ast.Import):
        return [alias.name for alias in part.names]
    if isinstance(part, ast.ImportFrom):
        return [name for alias in part.names if is_outside(name := f"{part.module}.{alias.name}")]
    if isinstance(part, ast.Attribute):
        clock = [f".{part.attr}"] if part.attr in CLOCKS else []
        return clock + [f"{name}.{part.attr}" for name in said(home, part.value) if not is_outside(name)]
    made = names(home).get(part.id) if isinstance(part, ast.Name) else None
    return [made] if isinstance(made, str) else [f"{home}.{part.id}"] if made else []


def impure(mapper):
    return sorted(name for name in comes_to(mapper) if not any(f"{name}.".startswith(f"{one}.") for one in PURE))


def test_every_connector_has_a_mapper_that_is_looked_at():
    assert len(MODULES) > 10
    assert all(comes_to(mapper) for mapper in MAPPERS)


@pytest.mark.parametrize("mapper", MAPPERS)
def test_a_mapper_comes_to_no_network_database_clock_or_chance(mapper):
    assert impure(mapper) == []


@pytest.mark.parametrize(
    ("module", "seen"),
    [
        ("connectors.shopify.client", "httpx"),  # by what it imports of ours
        ("connectors.deliveries", "django"),
        ("connectors.pull", "connectors.models"),
        ("connectors.sample_brand.goods", "random"),
        ("connectors.access", "time"),
        ("connectors.access", ".now"),
    ],
)
def test_what_is_not_pure_is_seen_where_it_is(module, seen):
    assert [name for name in impure(module) if name == seen or name.startswith(seen + ".")]
