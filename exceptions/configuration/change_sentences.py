"""What was configured, in plain sentences."""

from typing import Any

from exceptions.models import TrailEntry

DID = {
    "create": "Added",
    "change": "Changed",
    "delete": "Removed",
    "end": "Ended",
    "move": "Moved",
    "grant": "Granted a role to",
    "revoke": "Revoked a role of",
    "teams": "Changed the teams of",
    "invite": "Made the",
    "withdraw_invitation": "Withdrew the",
    "join": "Let in the",
    "deactivate": "Off-boarded",
    "reactivate": "Let back in the",
    "reset_second_step": "Took the second step from",
    "issue": "Made",
    "revert": "Brought back the shipped",
    "answer": "Answered",
    "export": "Took away the",
    "sign": "Signed",
    "missed": "Missed",
    "revoke_token": "Revoked",
    "pause": "Paused",
    "resume": "Resumed",
    "begin": "Began to read",
    "new_secret": "Made a new secret for",
    "end_secret": "Ended the secret before of",
    "disconnect": "Removed",
    "subscribe": "Had deliveries made for",
    "leave": "Asked for the end of deliveries, and then of",
    "end_deliveries": "Asked for the end of deliveries to",
    "unsubscribe": "Ended the deliveries to",
    "not_ended": "Could not end the deliveries to",
    "call_off": "Called off the end of deliveries to",
    "erase": "Erased",
}
LONGEST = 300


def change_sentence(entry: TrailEntry) -> str:
    """What an entry about no case says; never fails on an entry of an older shape."""
    details: dict[str, Any] = entry.details if isinstance(entry.details, dict) else {}
    before, after = _table(details.get("before")), _table(details.get("after"))
    did = DID.get(entry.move, entry.move.replace("_", " ").capitalize())
    if entry.move in ("create", "export"):
        parts = [f"{_name(name)} {_words(value)}" for name, value in after.items() if _said(value)]
    elif entry.move == "delete":
        parts = [f"{_name(name)} {_words(value)}" for name, value in before.items() if _said(value)]
    else:
        parts = [
            f"{_name(name)} from {_words(before.get(name))} to {_words(after.get(name))}"
            for name in {**before, **after}
        ]
    listed = ", ".join(parts)
    shown = listed if len(listed) <= LONGEST else f"{listed[:LONGEST]}…"
    return f"{did} {entry.about}" + (f": {shown}." if shown else ".")


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {} if value is None else {"": value}


def _said(value: Any) -> bool:
    return value not in (None, "", [], {})


def _name(name: str) -> str:
    return name.replace("_", " ")


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not _said(value):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(item)}" for name, item in value.items())
    return str(value)
