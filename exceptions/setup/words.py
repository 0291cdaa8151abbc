"""The form of the words that the systems sent: each is given a meaning, or stays unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.forms.boundfield import BoundField

from exceptions.configuration.forms import DressedForm, words
from exceptions.configuration.mappings import known_meanings, map_words
from exceptions.configuration.topology_forms import sentence_of
from reconciliation.models import System
from reconciliation.topology import Words
from reconciliation.topology_rows import STATUS_WORDS, RowReading
from reconciliation.unknown_words import LIKELY, TABLE_OF, UnknownWord

UNKNOWN = "stays unknown"
CALLED = {
    "order": "Status of an order",
    "payment.method": "Payment method",
    "payment.status": "Payment status",
    "fulfilment": "Status of a shipment",
    "return": "Status of a return",
    "credit": "Status of a credit",
    "reason": "Reason of a return",
    "rejection": "Reason of a rejection",
}


@dataclass(frozen=True)
class Asked:
    """One word and the field for its meaning."""

    word: UnknownWord
    field: BoundField

    @property
    def called(self) -> str:
        """What the word is."""
        return CALLED[self.word.of]


class UnknownWordsForm(DressedForm, forms.Form):
    """A field for each word; one that is left empty stays unknown."""

    def __init__(self, unknown: Sequence[UnknownWord], data: Any = None) -> None:
        super().__init__(data)
        self.by_name = {_name_of(word): word for word in unknown}
        self.fields |= {name: _field_of(word) for name, word in self.by_name.items()}
        self.dress()

    @property
    def sections(self) -> list[tuple[str, list[Asked]]]:
        """The words of each system, named as people know it."""
        names = {system.key: str(system) for system in System.objects.all()}
        asked = [Asked(word, self[name]) for name, word in self.by_name.items()]
        asked.sort(key=lambda one: (one.word.system, [*CALLED].index(one.word.of)))
        return [(names.get(key, key), list(found)) for key, found in groupby(asked, lambda one: one.word.system)]

    @property
    def meanings(self) -> dict[str, list[str]]:
        """What reasons are likely to stand for, or stand for already."""
        return {of: sorted({*LIKELY[of], *known_meanings(table)}) for of, table in TABLE_OF.items()}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        self.mapped: dict[str, Words] = defaultdict(dict)
        for name, word in self.by_name.items():
            if meaning := str(said.get(name) or "").strip():
                self._keep(name, word, meaning)
        return said

    def _keep(self, name: str, word: UnknownWord, meaning: str) -> None:
        reading, of = RowReading(), word.of if word.table == "statuses" else ""
        read = reading.mapped("", word.table, of, word.raw, meaning)
        for problem in reading.problems:
            self.add_error(name, sentence_of(problem.reason))
        if read is not None:
            key, row = read
            self.mapped[word.table][word.system, of, key] = row

    @transaction.atomic
    def save(self, *, by: User, at: datetime) -> int:
        """Maps the words that were given a meaning; how many."""
        return sum(len(map_words(table, found, by=by, at=at)) for table, found in sorted(self.mapped.items()))


def _field_of(word: UnknownWord) -> forms.Field:
    label = f"{word.raw} of {word.system} stands for"
    if word.table == "statuses":
        choices = [("", UNKNOWN), *words(STATUS_WORDS[word.of].split())]
        return forms.ChoiceField(choices=choices, required=False, label=label, initial=word.likely)
    told = {"list": f"meanings-{word.of}", "placeholder": UNKNOWN}
    widget = forms.TextInput(attrs=told)
    return forms.CharField(required=False, max_length=200, label=label, initial=word.likely, widget=widget)


def _name_of(word: UnknownWord) -> str:
    return f"word-{sha256('|'.join((word.system, word.of, word.raw)).encode()).hexdigest()[:16]}"
