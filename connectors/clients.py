"""The client of a connection: built of what is kept of it, which may not fit any more."""

from collections.abc import Mapping
from typing import Any

import httpx

from connectors.access import Access
from connectors.registry import Client, Connector, WrongSettings

MADE_OF_TEXT = (str, int)  # numbers too, as older versions or a person's hand may have written them


class SettingsUnusable(Exception):
    """What is kept of a connection's settings does not fit its connector; the text names each and what it must be."""


def client_of(made: Connector, access: Access) -> Client:
    """The connector's client for a connection. Raises SettingsUnusable, CredentialMissing or a file's own trouble.

    Settings are checked where they are entered; those here may have been written by another version, or by hand.
    """
    check_kept(made, access.connection.settings)
    try:
        return made.client(access)
    except (KeyError, TypeError, AttributeError, IndexError, ArithmeticError, ValueError, httpx.InvalidURL) as error:
        if type(error).__module__.partition(".")[0] == "connectors":
            raise  # says by itself what is wrong
        raise SettingsUnusable(
            f"The settings cannot be used: {type(error).__name__}: {access.scrub(str(error))}"
        ) from None


def check_kept(made: Connector, kept: Any) -> None:
    """That the settings as they are stored could be entered; raises SettingsUnusable."""
    if not isinstance(kept, Mapping):
        raise SettingsUnusable("The settings are not a list of names and values; enter them again.")
    labels = {setting.name: setting.label for setting in made.settings}
    strange = [label for name, label in labels.items() if not isinstance(kept.get(name) or "", MADE_OF_TEXT)]
    if strange:
        raise SettingsUnusable(f"These settings are no text: {', '.join(strange)}; enter them again.")
    try:
        made.checked({name: str(kept[name]) for name in labels if kept.get(name)})
    except WrongSettings as wrong:
        raise SettingsUnusable(f"The settings do not fit: {' '.join(wrong.problems.values())}") from None
