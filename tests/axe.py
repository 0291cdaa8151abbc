"""What a browser finds wrong with the page it shows: against WCAG 2.2 AA, or wider than its window."""

from reconciliation.project.embedded import ROOT

AXE = ROOT / "static/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = ((360, "light"), (2560, "dark"))
WRONG = "rules => axe.run({runOnly: rules, resultTypes: ['violations']})"  # what is right need not be written down


def breaches(page):
    """Each rule that the page breaks, with the first three elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(WRONG, RULES)["violations"]
    return {rule["id"]: [node["html"] for node in rule["nodes"][:3]] for rule in found}


def faults(page, looks=LOOKS):
    """(width, theme) → what is wrong with the page in this look; the page is loaded once for all."""
    found = {}
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # a colour on its way to another is neither
        wrong = breaches(page)
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong["too wide"] = []
        if wrong:
            found[width, theme] = wrong
    return found
