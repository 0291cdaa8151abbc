"""News in plain sentences, and where each leads."""

from urllib.parse import urlencode

from django.urls import reverse

from exceptions.formats import instant_text
from exceptions.models import ChecklistRound, ExceptionCase, Notification
from exceptions.models.trail import TrailEntry
from exceptions.people.names import name_of
from exceptions.trail.sentences import sentence
from reconciliation.declarations import kind_title

ONE = {
    "assigned": "{who} assigned it to you: {title}",
    "approval": "{who} asks for your approval: {title}",
    "critical": "Critical and new in the team {team}: {title}",
    "due": "Three quarters of the time are gone: {title}",
    "breached": "Beyond its time: {title}",
    "came_back": "{title}: {what}",
    "mention": "{who} names you in a note: {title}",
    "idle": "Untouched for long, it soon goes back to the team {team}: {title}",
}
MANY = {
    "assigned": "{count} were assigned to you: {kind}",
    "approval": "{count} wait for your approval: {kind}",
    "critical": "{count} critical and new in the team {team}: {kind}",
    "due": "Of {count}, three quarters of the time are gone: {kind}",
    "breached": "{count} are beyond their time: {kind}",
    "came_back": "{count} came back: {kind}",
    "mention": "You are named in notes on {count}: {kind}",
    "idle": "{count} untouched for long soon go back to the team {team}: {kind}",
    "storm": "A storm of {count} at once in the team {team}: {kind}",
}
PLAIN = {  # for programs and channels, which are nobody's owner
    "assigned": "Assigned to {owner}: {title}",
    "approval": "Approval is asked for: {title}",
    "idle": "Untouched for long by {owner}: {title}",
}
OF_ANOTHER = {  # to leads, to who had it before, and to who stands in for its owner
    "assigned": PLAIN["assigned"],
    "due": "Three quarters of the time are gone for {owner}: {title}",
    "breached": "Beyond its time, with {owner}: {title}",
    "idle": PLAIN["idle"],
}

UNCLAIMED = "Nobody has taken it in its time: {title}"

SORTED = {  # the sorts, whoever reads
    "assigned": "assigned",
    "approval": "approval is asked for",
    "critical": "critical and new",
    "due": "three quarters of the time are gone",
    "breached": "beyond their time",
    "came_back": "came back",
    "idle": "untouched for long",
    "storm": "storms",
    "missed": "checklists missed",
}


def news_sentence(told: Notification) -> str:
    """What a line of the inbox says; `told` with its case, its entry and who made that, its round, `team_name`."""
    if told.round is not None:
        return missed_sentence(told.round)
    words = {"count": f"{told.count:,}", "team": team_of(told), "kind": kind_title(told.kind)}
    if told.case is None or told.sort == "storm":
        return MANY[told.sort].format_map(words)
    words |= _of(told.case, told.entry)
    if _is_unclaimed(told.entry):
        return UNCLAIMED.format_map(words)
    if told.case.owner_id in (None, told.person_id):
        return ONE[told.sort].format_map(words)
    return OF_ANOTHER.get(told.sort, ONE[told.sort]).format_map(words)


def plain_sentence(sort: str, case: ExceptionCase, entry: TrailEntry | None, *, count: int = 1) -> str:
    """The same for everybody: who reads it is not known; `case` with `team_name`."""
    words = {"count": f"{count:,}", "team": team_of(case), "kind": case.kind_title} | _of(case, entry)
    if _is_unclaimed(entry):
        return UNCLAIMED.format_map(words)
    return (MANY["storm"] if sort == "storm" else PLAIN.get(sort, ONE[sort])).format_map(words)


def team_of(told: Notification | ExceptionCase) -> str:
    """What its team is called; its key where it was not read with `team_name`, or is there no more."""
    return str(getattr(told, "team_name", None) or told.team)


def _is_unclaimed(entry: TrailEntry | None) -> bool:
    return entry is not None and entry.move == "unclaimed"


def news_address(told: Notification) -> str:
    """Where it leads: to the exception, to the queue of those it speaks for, or to the checklist."""
    if told.round_id is not None:
        return round_address(told.round_id)
    if told.case_id is not None:
        return reverse("exception", args=[told.case_id])
    if told.sort == "approval":
        return f"{reverse('queue')}?{urlencode({'view': 'approvals', 'kind': told.kind})}"
    mine = {"q": "owner:me"} if told.sort in ("assigned", "came_back", "idle") else {}
    return f"{reverse('queue')}?{urlencode({'kind': told.kind, 'team': told.team} | mine)}"


def missed_sentence(turn: ChecklistRound) -> str:
    """That nobody signed a checklist in time; `turn` with its checklist and that one's team."""
    checklist = turn.checklist
    return f"Missed by the team {checklist.team}: {checklist}, {turn.period}, due {instant_text(turn.due_at)}"


def round_address(id: int) -> str:
    """Where a round of a checklist stands, unfolded."""
    return f"{reverse('checklists')}?round={id}#round-{id}"


def _of(case: ExceptionCase, entry: TrailEntry | None) -> dict[str, str]:
    by = entry.by if entry else None
    return {
        "title": f"{case} {case.title}",
        "who": name_of(by) if by else "A rule",
        "what": sentence(entry) if entry else "",
        "owner": name_of(case.owner) if case.owner else "nobody",
    }
