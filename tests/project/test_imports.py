"""What import-linter cannot say: connectors of different systems never import each other."""

import ast

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
