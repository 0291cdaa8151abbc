"""The form of one connection, made of what its connector declares; secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from connectors.models import Connection, Credential
from connectors.registry import Connector, Setting, WrongSettings
from exceptions.company import current_company
from exceptions.configuration.connection_changes import DEPTHS, USUAL_DEPTH
from exceptions.configuration.forms import CodeChoice, DressedForm, words
from exceptions.formats import instant_text
from exceptions.setup.members import flow_keys

LONGEST = 10_000


class ConnectionForm(DressedForm, forms.Form):
    """What a connector wants to know."""

    def __init__(self, made: Connector, connection: Connection | None, data: Any = None) -> None:
        super().__init__(data)
        self.made = made
        held = {one.name: one for one in connection.credentials.all()} if connection else {}
        known = connection.settings if connection else {}
        for setting in made.settings:
            self.fields[setting.name] = field_of(setting, known, held.get(setting.name))
        self.dress()

    @property
    def first(self) -> list[BoundField]:
        """What differs from brand to brand, and every secret."""
        return [self[setting.name] for setting in self.made.settings if not _usual(setting)]

    @property
    def more(self) -> list[BoundField]:
        """What is right for most as it is."""
        return [self[setting.name] for setting in self.made.settings if _usual(setting)]

    @property
    def more_is_open(self) -> bool:
        """Whether something among it is wrong, or other than usual."""
        usual = {setting.name: setting.default for setting in self.made.settings}
        return any(field.errors or (field.value() or "") != usual[field.name] for field in self.more)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        try:
            self.made.checked({name: value or "" for name, value in said.items()})
        except WrongSettings as wrong:
            for name, why in wrong.problems.items():
                if name not in self.errors:
                    self.add_error(name, why)
        return said


def field_of(setting: Setting, known: Mapping[str, Any], held: Credential | None) -> forms.Field:
    """The field of a setting, as it is known or as its default says."""
    if setting.secret:
        return _secret_field(setting, held)
    said: dict[str, Any] = {"label": setting.label, "help_text": sentence(setting.help)}
    if setting.form == "flows" and (keys := flow_keys()):
        said["help_text"] += f" Ours: {', '.join(keys)}."
    said["initial"] = str(known.get(setting.name) or setting.default or _of_the_company(setting))
    if setting.choices:
        choice = CodeChoice(words(setting.choices), none=None if setting.default else "–", **said)
        choice.required = setting.required
        return choice
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(required=setting.required, max_length=LONGEST, widget=widget, **said)


def _secret_field(setting: Setting, held: Credential | None) -> forms.Field:
    stored = f"Stored on {instant_text(held.changed_at)}; what you enter here replaces it." if held else ""
    attrs: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false", "class": "form-control secret"}
    return SecretField(
        label=setting.label,
        required=setting.required and held is None,
        max_length=LONGEST,
        widget=SecretLines(attrs=attrs | {"rows": 3}) if setting.lines else SecretInput(attrs=attrs),
        help_text=" ".join(filter(None, (sentence(setting.help), stored))),
    )


class SecretInput(forms.TextInput):
    """An input whose dots browsers keep for no one: what was sent is never sent back."""

    def format_value(self, value: Any) -> None:
        """Nothing."""


class SecretLines(forms.Textarea):
    """The same for a secret of many lines."""

    def format_value(self, value: Any) -> None:
        """Nothing."""


class SecretField(forms.CharField):
    """A secret as it was given out, though browsers end its lines in their own way."""

    def to_python(self, value: Any) -> str:
        """Without carriage returns."""
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class BeginForm(DressedForm, forms.Form):
    """How far back a connection is read."""

    depth = CodeChoice([(key, label) for key, (_, label) in DEPTHS.items()], label="Read the last", initial=USUAL_DEPTH)


def sentence(words: str) -> str:
    """A short help as a sentence; one that begins with a code stays as it is."""
    begun = words[:1].upper() + words[1:] if words.split(" ")[0].rstrip(":").isalpha() else words
    return f"{begun}." if begun[-1:].isalnum() or begun.endswith(")") else begun


def _of_the_company(setting: Setting) -> str:
    return current_company().currency if setting.name == "currency" else ""


def _usual(setting: Setting) -> bool:
    return not setting.secret and not setting.required and not setting.first and bool(setting.default)
