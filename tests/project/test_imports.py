"""What import-linter cannot say: no connector imports that of another system, and no imports run in a ring."""

import ast
from graphlib import TopologicalSorter

from reconciliation.project.embedded import ROOT

CONNECTORS = ROOT / "connectors"
WIRING = "reconciliation.project."
KINDS = ("warehouse", "erp", "ipaas")  # folders of several systems each


def system_of(parts):
    """The system a path or module below connectors/ belongs to; None for what all systems share, or those of a kind."""
    if parts[0] in KINDS:
        return tuple(parts[:2]) if (CONNECTORS / parts[0] / parts[1]).is_dir() else None
    return (parts[0],) if (CONNECTORS / parts[0]).is_dir() and parts[0] not in ("models", "migrations") else None


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_connector_imports_another():
    breaches = []
    for path in CONNECTORS.rglob("*.py"):
        own = system_of(path.relative_to(CONNECTORS).parts)
        if own is None or path.parent == CONNECTORS:
            continue
        others = [name.split(".")[1:] for name in imported(path) if name.startswith("connectors.")]
        breaches += [(path, other) for other in others if system_of(other) not in (None, own)]
    assert breaches == []


def test_nothing_but_its_own_imports_the_wiring():
    sources = [path for app in ("connectors", "exceptions", "reconciliation") for path in (ROOT / app).rglob("*.py")]
    outside = [path for path in sources if ROOT / "reconciliation/project" not in path.parents]
    assert [path for path in outside for name in imported(path) if (name + ".").startswith(WIRING)] == []


def test_no_imports_run_in_a_ring():
    sources = [path for app in ("connectors", "exceptions", "reconciliation") for path in (ROOT / app).rglob("*.py")]
    named = {module_of(path): path for path in sources}
    rooms = {name: {room_of(said, named) for said in imported(path)} - {None, name} for name, path in named.items()}
    assert list(TopologicalSorter(rooms).static_order())


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(said, named):
    """The module that an imported name stands in; None for what is not ours."""
    return next((name for name in (said, said.rpartition(".")[0]) if name in named), None)
