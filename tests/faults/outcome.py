"""What a product holds in the end, and how two of them differ."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKING = """
import io, json, sys, django
django.setup()
from datetime import datetime
from django.core.management import call_command
from django.utils import timezone
from reconciliation.project.servers import servers
asked = json.load(sys.stdin)
with servers():
    from tests.faults import asking
    print(json.dumps(asking.answer(asked)))
"""


@dataclass
class Outcome:
    """Sets of rows as text, by table; the notes in the trail; what the trail's chain says; what a full run changes;
    what must never be, in sentences; what it says of outside systems; the moment as of which the month was signed; our
    own data, as people changed it."""

    tables: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)
    broken: list = field(default_factory=list)
    after_full_run: list = field(default_factory=list)
    wrong: list = field(default_factory=list)
    outside: list = field(default_factory=list)
    signed_as_of: str = ""
    own: dict = field(default_factory=dict)
    done: dict = field(default_factory=dict)

    @property
    def summary(self):
        counts = ", ".join(f"{len(rows):,} of {name}" for name, rows in self.tables.items())
        return f"{counts}; {len(self.done)} notes"


def outcome_of(data_dir, asked, *, environment, done):
    """What stands there once everything was read and handled, and a run over what changed was made as of a moment."""
    return Outcome(**_ask(data_dir, asked, environment), done=done)


def undisturbed(data_dir, asked):
    """What stands in a new product that was told everything one after the other."""
    return Outcome(**_ask(data_dir, asked, {}))


def differences(disturbed, expected):
    """Sentences; empty where nothing differs."""
    found = [f"trail: {words}" for words in disturbed.broken] + disturbed.wrong
    found += [f"a full run changes {finding}" for finding in disturbed.after_full_run[:20]]
    for name, rows in expected.tables.items():
        mine, theirs = set(map(str, disturbed.tables[name])), set(map(str, rows))
        found += [f"{name}: {len(theirs - mine)} lack, such as {min(theirs - mine)}"] if theirs - mine else []
        found += [f"{name}: {len(mine - theirs)} too many, such as {min(mine - theirs)}"] if mine - theirs else []
    twice = [words for words, cases in disturbed.notes.items() if len(cases) > 1]
    lost = [words for words, case in disturbed.done.items() if disturbed.notes.get(words) != [case]]
    found += [f"notes written more than once: {twice}"] if twice else []
    found += [f"notes acknowledged and not there: {lost}"] if lost else []
    return found


def _ask(data_dir, asked, environment):
    given = {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "reconciliation.project.settings"}
    data_dir.mkdir(parents=True, exist_ok=True)
    result = subprocess.run(
        [sys.executable, "-c", ASKING],
        cwd=ROOT,
        env=os.environ | environment | given | {"LOG_LEVEL": "ERROR"},
        input=json.dumps(asked),
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise RuntimeError(result.stderr[-3_000:])
    return json.loads(result.stdout.splitlines()[-1])
