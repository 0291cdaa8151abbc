"""Payloads as they were received, made readable and safe to look at: nothing in them is hidden, nothing acts."""

from dataclasses import dataclass

import msgspec

LONGEST = 200_000


@dataclass(frozen=True)
class Payload:
    """The text to show; `cut` where the payload is longer than a page should be."""

    text: str
    cut: bool


def payload(raw: str | bytes) -> Payload:
    """A payload with its JSON indented, digit by digit as it came; what is no JSON, as it is."""
    given = raw if isinstance(raw, bytes) else raw.encode()
    try:
        given = msgspec.json.format(given, indent=2)
    except (msgspec.MsgspecError, RecursionError):
        pass
    text = given.decode("utf-8", "backslashreplace")
    return Payload(visible(text[:LONGEST], kept="\n"), len(text) > LONGEST)


def visible(text: str, *, kept: str = "") -> str:
    """The text with every sign that cannot be seen, or that reorders others, as its code point; `kept` as they are."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in kept else f"\\u{ord(sign):04x}" for sign in text)
