"""The steps of a runbook: the points under “How to confirm” and “How to fix”, and which of them a case still needs.

A point that says [required] must be ticked on a case before a fix is claimed.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import F, Q, Subquery
from markdown_it import MarkdownIt
from markdown_it.token import Token

from exceptions.models import ExceptionCase, StepTick, TrailEntry
from exceptions.runbooks.texts import Runbook, runbook_of

SECTIONS = ("how to confirm", "how to fix")
REQUIRED = "[required]"
OPENED_AGAIN = ("regress", "return", "reopen", "exceed", "fix_failed")


@dataclass(frozen=True)
class Step:
    """One point to do. `tick` null: not done on this case since it was opened."""

    key: str
    text: str
    required: bool
    tick: StepTick | None = None


def steps_on(case: ExceptionCase, runbook: Runbook) -> list[Step]:
    """The steps of a runbook with what was ticked since the case was last opened, found again or disproved."""
    steps = steps_of(runbook.text)
    if not steps:
        return []
    opened = TrailEntry.objects.filter(case=case, move__in=OPENED_AGAIN).order_by("-at").values("at")[:1]
    ticks = StepTick.objects.filter(case=case).annotate(opened=Subquery(opened))
    ticks = ticks.filter(Q(opened=None) | Q(at__gt=F("opened")))
    done = {tick.step: tick for tick in ticks.select_related("by")}
    return [replace(step, tick=done.get(step.key)) for step in steps]


def missing_steps(case: ExceptionCase) -> list[Step]:
    """The required steps of the runbook in force that nobody has ticked."""
    runbook = runbook_of(case.kind)
    if REQUIRED not in runbook.text:
        return []
    return [step for step in steps_on(case, runbook) if step.required and step.tick is None]


@lru_cache(maxsize=256)
def steps_of(text: str) -> tuple[Step, ...]:
    """The steps of a text in their order, each once."""
    found: dict[str, Step] = {}
    heading, depth, taken = "", 0, True
    tokens = MarkdownIt("commonmark", {"html": False}).parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and before is not None and before.type == "heading_open":
            heading = _words(token).lower()
        depth += {"ordered_list_open": 1, "bullet_list_open": 1}.get(token.type, 0)
        depth -= token.type in ("ordered_list_close", "bullet_list_close")
        if token.type == "list_item_open" and depth == 1:
            taken = False
        if token.type == "inline" and depth == 1 and not taken and heading in SECTIONS:
            taken, step = True, _step(heading, _words(token))
            found.setdefault(step.key, step)
    return tuple(found.values())


def _step(heading: str, words: str) -> Step:
    text = " ".join(words.replace(REQUIRED, " ").split())
    key = hashlib.sha256(f"{heading} {text}".encode()).hexdigest()[:16]
    return Step(key, text, REQUIRED in words)


def _words(token: Token) -> str:
    parts = (
        child.content or " " if child.type in ("text", "code_inline", "softbreak") else ""
        for child in token.children or []
    )
    return "".join(parts).strip()
