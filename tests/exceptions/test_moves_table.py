"""The table of moves, as it was agreed: from which state into which, and who may; each tried by everybody."""

from decimal import Decimal

import pytest

from exceptions import proposals
from exceptions.models import CLOSED, OPEN
from exceptions.moves import MOVES
from exceptions.workflow import refusal
from tests.exceptions.people import NOW, bands, case, someone, teams

WORKED = ("in_progress", "waiting", "fix_applied")
TEAM = {"owner", "member", "lead", "approver"}  # the approver works in the team too
TABLE = {
    "claim": (("new",), "in_progress", TEAM),
    "assign": (("new",), "in_progress", {"lead"}),
    "reassign": (WORKED, None, {"lead"}),
    "release": (("in_progress",), "new", {"owner", "lead"}),
    "transfer": (("new", "in_progress"), "new", {"owner", "lead"}),
    "wait": (("in_progress",), "waiting", {"owner", "lead"}),
    "resume": (("waiting",), "in_progress", {"owner", "lead"}),
    "snooze": (("new", "in_progress"), "snoozed", {"owner", "lead"}),
    "wake": (("snoozed",), "new", {"owner", "lead"}),
    "apply": (("in_progress",), "fix_applied", {"owner", "lead"}),
    "retract": (("fix_applied",), "in_progress", {"owner", "lead"}),
    "propose": (("in_progress",), "pending_approval", {"owner"}),
    "approve": (("pending_approval",), "accepted", {"approver", "controller"}),
    "approve_fix": (("pending_approval",), "fix_applied", {"approver", "controller"}),
    "reject": (("pending_approval",), "in_progress", {"approver", "controller"}),
    "withdraw": (("pending_approval",), "in_progress", {"owner", "lead"}),
    "accept": (("in_progress",), "accepted", {"owner", "lead"}),
    "dismiss": (("new", "in_progress"), "dismissed", {"owner", "lead"}),
    "merge": (OPEN, "merged", {"lead"}),
    "unmerge": (("merged",), "new", {"lead"}),
    "reopen": (("resolved", "accepted", "dismissed"), "in_progress", {"lead"}),
    "message": (OPEN, None, TEAM),
    "note": ((*OPEN, *CLOSED), None, {*TEAM, "controller"}),
}


@pytest.fixture
def everybody(db):
    bands()
    teams()
    return {
        "owner": someone("tom", "agent", team="finance"),
        "member": someone("ann", "agent", team="finance"),
        "lead": someone("lea", "agent", "lead", team="finance", lead=True),
        "approver": someone("pat", "approver", team="finance"),
        "controller": someone("amira", "finance_controller"),
        "admin": someone("sam", "admin", "approver"),
        "auditor": someone("vera", "viewer", team="finance"),
        "lead of another team": someone("out", "agent", "lead", team="cx", lead=True),
        "nobody": someone("nobody"),
    }


def test_the_table_knows_these_moves_and_no_others():
    assert {name: (move.sources, move.target) for name, move in MOVES.items()} == {
        name: (sources, target) for name, (sources, target, _) in TABLE.items()
    }


def test_each_move_is_open_to_whom_the_table_names_and_to_nobody_else(everybody):
    for number, (name, (sources, _, allowed)) in enumerate(TABLE.items()):
        state = sources[-1]
        closed = {"closed_at": NOW} if state in CLOSED else {}
        waits = {"until": NOW} if state in ("waiting", "snoozed") else {}
        target = case(f"order:shop:of-{number}") if state == "merged" else None
        more = closed | waits | {"owner": everybody["owner"].user, "merged_into": target}
        known = case(f"order:shop:{number}", state=state, amount=Decimal(5), currency="GBP", **more)
        if state == "pending_approval":
            resolution = "reverse_to_account_credit" if name == "approve_fix" else "accept_variance"
            proposals.make(known, resolution, {}, note="n", by=everybody["owner"].user, at=NOW)
        able = {who for who, person in everybody.items() if refusal(name, known, person) is None}
        assert able == allowed, name
        wrong = [one for one in (*OPEN, *CLOSED) if one not in sources]
        if wrong:
            known.state = wrong[0]
            assert all(refusal(name, known, person) for person in everybody.values()), name
