"""Forms of the topology's words, of the values that are no identifiers, and of the whole as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from exceptions.configuration.forms import Choices, CodeChoice, DressedForm, systems, words
from exceptions.configuration.topology_forms import sentence_of
from reconciliation.projection import norm
from reconciliation.topology import Words
from reconciliation.topology_rows import STATUS_WORDS, RowReading

SEPARATOR = re.compile(r"\t|=|;|,")


class WordsForm(DressedForm, forms.Form):
    """Words of one system and what they stand for: one, or many lines pasted at once."""

    system = CodeChoice(systems)
    of = CodeChoice(words(STATUS_WORDS), label="Of")
    lines = forms.CharField(
        label="Words",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2_000_000,
        help_text="One a line: the word as it comes, then =, a comma or a tab, then what it stands for.",
    )

    told_at = "lines"

    def __init__(self, table: str, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.table, self.words = table, Words()
        if table != "statuses":
            del self.fields["of"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors:
            return said
        system, of = said["system"], said.get("of") or ""
        for where, raw, canonical in self.pairs(said):
            self._keep(where, system, of, raw.strip(), canonical.strip())
        return said

    def pairs(self, said: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """What is mapped onto what, and where it is said."""
        for number, line in enumerate(said["lines"].splitlines(), start=1):
            if line.strip():
                raw, _, canonical = SEPARATOR.sub("\0", line, count=1).partition("\0")
                yield f"Line {number}: ", raw, canonical

    def _keep(self, where: str, system: str, of: str, raw: str, canonical: str) -> None:
        if not raw or not canonical:
            self.add_error(self.told_at, f"{where}Say the word and what it stands for.")
            return
        reading = RowReading()
        read = reading.mapped("", self.table, of, raw, canonical)
        for problem in reading.problems:
            self.add_error(self.told_at, f"{where}{sentence_of(problem.reason)}")
        if read is None:
            return
        key, row = read
        if self.words.get((system, of, key), row) != row:
            self.add_error(self.told_at, f"{where}{raw} is mapped twice.")
        self.words[system, of, key] = row


class WordForm(WordsForm):
    """One word that no mapping knows, and what it stands for."""

    lines = None  # type: ignore[assignment]
    raw = forms.CharField(max_length=1000, strip=False)
    canonical = forms.CharField(max_length=1000)
    told_at = "canonical"

    def pairs(self, said: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        yield "", said["raw"], said["canonical"]


class IgnoredForm(DressedForm, forms.Form):
    """Values that are no identifiers."""

    values = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 8}), max_length=100_000, help_text="One a line."
    )

    def clean_values(self) -> list[str]:
        lines = map(norm, self.cleaned_data["values"].splitlines())
        return list(dict.fromkeys(filter(None, lines)))


class TopologyFileForm(DressedForm, forms.Form):
    """A topology as a file, chosen or pasted."""

    file = forms.FileField(required=False, label="A file", help_text="TOML, at most 2 MB.")
    text = forms.CharField(required=False, label="Or its text", widget=forms.Textarea(attrs={"rows": 6}))

    def clean_file(self) -> str | None:
        given = self.cleaned_data["file"]
        if given is None:
            return None
        if given.size > 2_000_000:
            raise ValidationError("This is more than 2 MB: load it with manage.py topology load.")
        try:
            return str(given.read().decode())
        except UnicodeDecodeError as error:
            raise ValidationError(f"It is not UTF-8 at byte {error.start + 1}.") from error

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["topology"] = said.get("file") or said.get("text") or ""
        if not self.errors and not said["topology"].strip():
            self.add_error("file", "Choose a file or paste its text.")
        return said


def status_words() -> Choices:
    """What statuses can stand for, by what they are of."""
    return [(of, words(known.split())) for of, known in STATUS_WORDS.items()]
