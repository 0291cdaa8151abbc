"""The trail in plain sentences."""

from typing import Any

from exceptions.configuration.change_sentences import change_sentence
from exceptions.formats import decimal_of, money_text
from exceptions.models import TrailEntry

SENTENCES = {
    "auto-resolve": "The systems agree again; resolved.",
    "verify": "Newer data agrees: the fix is proven.",
    "fix_failed": "Newer data still disagrees: the fix did not hold.",
    "supersede": "A more telling exception speaks for the same cause; resolved.",
    "return": "The more telling exception is gone and this one still holds; open again.",
    "regress": "Found again after it was resolved; open again.",
    "exceed": "The amount has outgrown what was accepted; open again.",
    "wake": "Woken.",
    "resume": "Waiting is over.",
    "void": "The evidence has changed; the proposal is void.",
    "claim": "Taken.",
    "unclaimed": "Nobody has taken it in its time; the leads of its team are told.",
    "release": "Given back to the team.",
    "retract": "The claim that it is fixed was taken back.",
    "undo": "The change of our own data was undone.",
    "reject": "The proposal was rejected.",
    "withdraw": "The proposal was withdrawn.",
    "unmerge": "Separated again.",
    "reopen": "Opened again.",
    "note": "Noted.",
}
WITH_DETAILS = {
    "assign": "Assigned to {owner}.",
    "transfer": "Handed over to the team {team_name}.",
    "wait": "Waiting for {waiting_for} until {until}.",
    "snooze": "Snoozed until {until}.",
    "apply": "“{label}” is done; the next data will prove it.",
    "propose": "Proposed: “{label}”.",
    "approve_fix": "Approved: “{label}”; the next data will prove it.",
    "reassign": "Assigned to {owner}.",
    "approve": "Approved: “{label}”.",
    "accept": "Accepted as it is ({reason}).",
    "dismiss": "Dismissed as no real exception.",
    "merge": "Merged into {target}.",
    "tick": "Done, as the runbook says: {text}",
    "untick": "Taken back, not done: {text}",
    "attach": "Put a file to it: {name}.",
    "message": "Sent a message to {to}.",
    "escalate": "Escalated to {to}.",
    "write_asked": "{system} was asked first: it does not stand there yet.",
    "write_sent": "Sent to {system}: {words}",
    "write_found": "It stands in {system} already; nothing was sent.",
    "write_done": "{system} answered: it is done.",
    "write_later": "{system} gave no answer that counts; it is asked again later: {error}",
    "write_withdrawn": "Nothing was sent to {system}: {reason}",
    "write_refused": "{system} refused it: {error}",
    "write_unsure": "Nobody knows whether it was done; look in {system} before it is done again: {error}",
}
OLDER = {"team_name": "team"}  # what entries say that were written before the name was
TO_BE_WRITTEN = {
    "apply": "“{label}” is to be written into {system}; its answer and the next data will prove it.",
    "approve_fix": "Approved, to be written into {system}: “{label}”.",
}


def sentence(entry: TrailEntry) -> str:
    """What an entry of the trail says, in words; never fails on an entry of an older shape."""
    details: dict[str, Any] = entry.details
    if entry.move == "re-detect":
        return f"The amount at risk went from {_money(details, '_before')} to {_money(details, '')}."
    if entry.move == "detect":
        return f"Found, with {_money(details, '')} at risk."
    if entry.move in TO_BE_WRITTEN and "write" in details:
        said = _Known(details | _Known(details["write"]))
        return TO_BE_WRITTEN[entry.move].format_map(said)
    if entry.move == "apply" and (where := (details.get("parameters") or {}).get("where")):
        return f"{WITH_DETAILS['apply'].format_map(_Known(details))} Where: {where}"
    if entry.move in WITH_DETAILS:
        return WITH_DETAILS[entry.move].format_map(_Known(details))
    if entry.move in SENTENCES:
        return SENTENCES[entry.move]
    if entry.case_id is None:
        return change_sentence(entry)
    return f"{entry.move}: {entry.from_state} → {entry.to_state}"


class _Known(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return str(self.get(OLDER.get(name, ""), "?"))


def _money(details: dict[str, Any], suffix: str) -> str:
    said = details.get(f"amount{suffix}")
    amount, currency = decimal_of(said), details.get(f"currency{suffix}")
    if amount is None:
        return "nothing counted" if said is None else f"{said} {currency}"
    return money_text(amount, currency)
