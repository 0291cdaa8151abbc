"""What axe finds against WCAG 2.2 AA on a page that a browser shows."""

from reconciliation.project.embedded import ROOT

AXE = ROOT / "static/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def breaches(page):
    """Each rule that the page breaks, with the first three elements that break it."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    return {rule["id"]: [node["html"] for node in rule["nodes"][:3]] for rule in found}
