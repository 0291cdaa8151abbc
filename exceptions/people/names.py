"""What people are called."""

from typing import Any


def name_of(person: Any) -> str:
    """A user's full name; where they gave none, the name that they sign in with."""
    return str(person.get_full_name() or person.get_username())
