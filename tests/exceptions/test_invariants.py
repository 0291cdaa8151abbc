"""Whatever people of every role, data and time do to cases, in whatever order, the rules of the states hold."""

import os
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction

from connectors.models import Connection, PullRun
from exceptions.models import (
    OPEN,
    Acceptance,
    EscalationStep,
    ExceptionCase,
    Proposal,
    Suppression,
    Team,
    TrailEntry,
)
from exceptions.moves import MOVES, SYSTEM, MoveNotAllowed
from exceptions.resolutions import resolutions_of
from exceptions.suppressions import lift, suppress
from exceptions.workflow import Origin, move, refusal
from reconciliation.models import System
from tests.exceptions.findings import KIND, SUBJECT, found, gone, illegal_moves, run
from tests.exceptions.people import NOW, bands, someone, teams

WORLDS = int(os.environ.get("RANDOM_WORLDS", "60"))  # at most; as many as asked for, else until all moves were made
OTHER = "return:portal:R2"
GREATER = "duplicate_credit"
KINDS = (KIND, "wrong_refund_method", "missing_po")  # a limit to accept alone, approval always, our own data
ALONE = 25  # what everybody may accept of one case
WRITTEN = {name for name in SYSTEM if name.startswith("write_")}  # tests/exceptions/test_writeback.py makes these
CLOSES_MONEY = {"accept", "approve", "dismiss", "merge", "verify", "auto-resolve", "supersede"}


DEEDS = ("same", "grown", "healed", "spoken_for", "left_out", "heard", "nothing")
FITTING = {
    "apply": lambda one: one.effect in ("elsewhere", "own_data", "draft") and one.approval == "never",
    "accept": lambda one: one.effect == "accept",
    "propose": lambda one: one.effect == "accept" or one.approval == "always",
}
LIKELY = {  # what data may well say of a case in a state
    "pending_approval": ("grown",),
    "fix_applied": ("heard same", "heard healed", "heard", "nothing"),
    "waiting": ("nothing", "same"),
    "snoozed": ("grown", "nothing"),
    "accepted": ("grown",),
    "resolved": ("same", "healed same"),
}

AWAITED = ("pending_approval", "fix_applied", "waiting", "snoozed", "accepted")


def staff():
    """One of every role at least, in the team and outside it."""
    bands()
    teams()
    boss = someone("boss", "lead")
    Team.objects.filter(key="finance").update(idle_hours=8)
    EscalationStep.objects.create(team_id="finance", after_hours=4, person=boss.user)
    return {
        "tom": someone("tom", "agent", team="finance"),
        "ann": someone("ann", "agent", team="finance"),
        "lea": someone("lea", "agent", "lead", team="finance", lead=True),
        "pat": someone("pat", "approver", "agent", team="finance"),
        "amira": someone("amira", "finance_controller", team="finance"),
        "vera": someone("vera", "viewer", team="finance"),
        "sam": someone("sam", "admin", "approver", "lead", team="finance", lead=True),
        "out": someone("out", "agent", "lead", team="cx", lead=True),
        "nobody": someone("nobody"),
    }


def fields_of(known):
    return {field.attname: getattr(known, field.attname) for field in known._meta.concrete_fields}


class World:
    """Two cases of one kind, people, a clock and data.

    `did`: what was made so far, whether by a person, and which; `tried`: how often people tried each move.
    """

    def __init__(self, dice, people, kind, did, tried):
        self.dice, self.people, self.kind = dice, people, kind
        self.hours, self.amount, self.did = 0, dice.choice([None, 5, 30, 9000]), did
        self.subject, self.tried = SUBJECT, tried
        for subject in (SUBJECT, OTHER):
            found(subject, self.money(), kind)
        run(0)

    @property
    def at(self):
        return NOW + timedelta(hours=self.hours)

    def money(self):
        return self.amount and f"{self.amount}.00"

    def step(self):
        ExceptionCase.objects.update(customer="C-1")  # so that there is somebody to waive a reference for
        before = {known.pk: known for known in ExceptionCase.objects.order_by("id")}
        last = TrailEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        made = self.data_moves() if self.dice.random() < self.news(before) else self.person_moves(before)
        entries = TrailEntry.objects.filter(id__gt=last, case__isnull=False).order_by("id")
        self.hold(before, list(entries), made)

    def news(self, before):
        """How likely it is that data says something now: more so where a case waits for it."""
        return 0.4 if any(known.state in AWAITED for known in before.values()) else 0.15

    def person_moves(self, before):
        """One try: mostly what the state lets be done by who may, else anything by anybody on any version."""
        known, chaos = self.dice.choice(list(before.values())), self.dice.random() < 0.25
        name, who = self.dice.choice(sorted(MOVES)), self.dice.choice(list(self.people))
        if not chaos:
            name, who = self.lawful(known) or (name, who)
        seen = known.version - (self.dice.random() < 0.1)
        self.hours += self.dice.choice([0, 0, 1])
        try:
            move(
                known.pk,
                name,
                by=self.people[who],
                at=self.at,
                seen=seen,
                origin=Origin("page"),
                **self.said(name, known, chaos),
            )
        except MoveNotAllowed:
            assert ExceptionCase.objects.filter(pk=known.pk).values().get() == fields_of(known), "refused, yet changed"
            return None
        assert seen == known.version, "a move on what the person had not seen"
        return name, who, known

    def lawful(self, known):
        """A move that somebody may make of a case: of all such the one that was tried least."""
        names = [name for name in MOVES if known.state in MOVES[name].sources]
        self.dice.shuffle(names)
        for name in sorted(names, key=lambda name: self.tried[name]):
            able = [who for who, person in self.people.items() if refusal(name, known, person) is None]
            if able:
                self.tried[name] += 1
                return name, self.dice.choice(able)
        return None

    def said(self, name, known, chaos):
        """What a move needs; in chaos things that are missing or make no sense among it."""
        some = self.dice.choice
        fitting = [one for one in resolutions_of(known.kind) if FITTING.get(name, bool)(one)]
        others = ExceptionCase.objects.exclude(pk=known.pk).order_by("pk").values_list("pk", flat=True)
        until = self.at + timedelta(days=some([-1, 20]) if chaos else some([1, 2]))
        said = {
            "person": self.people[some(["tom", "ann", "out"] if chaos else ["tom", "ann"])].user,
            "team": some(["finance", "cx", "nowhere"] if chaos else ["finance", "cx"]),
            "waiting_for": some(["", "the buyer"]) if chaos else "the buyer",
            "note": some(["", "because"]) if chaos else "because",
            "until": until,
            "parameters": {"where": "the ERP", "until": until.isoformat()},
            "reason": some(["nonsense", "fx"]) if chaos else "fx",
            "target": some([*others, 0]),
            "to": "the buyer",
        }
        if name != "wait" or chaos:
            said["resolution"] = "restock" if chaos or not fitting else some(fitting).key
        return said

    def data_moves(self):
        """One thing that data says, so many hours later, and the run that hears of it."""
        self.hours += self.dice.choice([1, 3, 30, 60])
        cases = list(ExceptionCase.objects.filter(kind=self.kind).order_by("id"))
        known = self.dice.choice([one for one in cases if one.state in AWAITED] or cases)
        self.subject = self.dice.choice([known.subject, known.subject, known.subject, SUBJECT, OTHER])
        likely = LIKELY.get(known.state, DEEDS) if self.dice.random() < 0.8 else DEEDS
        for part in self.dice.choice(likely).split():
            getattr(self, part)()
        run(self.hours)

    def nothing(self):
        """Time alone passes."""

    def same(self):
        found(self.subject, self.money(), self.kind)

    def grown(self):
        self.amount = (self.amount or 0) + self.dice.choice([1, 30])
        self.same()

    def healed(self):
        gone(self.subject, GREATER)
        gone(self.subject, self.kind)

    def spoken_for(self):
        found(self.subject, self.money(), GREATER)
        yielding = {"state": "yielded", "yields_to": GREATER, "yields_to_subject": self.subject}
        found(self.subject, self.money(), self.kind, **yielding)

    def left_out(self):
        if (made := Suppression.objects.filter(undone_at=None).first()) is not None:
            lift(made.pk, at=self.at)
        else:
            until = self.at + timedelta(hours=9)
            suppress(self.kind, until=until, reason="r", by=self.people["sam"].user, subject=SUBJECT)

    def heard(self):
        """Every system is read to its end, and says what it said."""
        for reach in Connection.objects.all():
            PullRun.objects.filter(connection=reach).delete()
            read = {"until": self.at, "started_at": self.at, "finished_at": self.at}
            PullRun.objects.create(connection=reach, feed="all", **read)

    def hold(self, before, entries, made):
        self.did |= {(entry.by is not None, entry.move) for entry in entries}
        for known in ExceptionCase.objects.all():
            own = [entry for entry in entries if entry.case_id == known.pk]
            self.told_in_full(before.get(known.pk), known, own)
            self.whole(known)
        if made:
            self.by_hand(*made, entries)

    def told_in_full(self, old, known, entries):
        """The trail leads from the state before to the state now, step by step, and counts the versions."""
        state = old.state if old else None
        for entry in entries:
            assert entry.from_state == state, (entry.move, entry.from_state, state)
            state = entry.to_state
        assert state == known.state
        counted = sum(entry.by is not None or entry.from_state != entry.to_state for entry in entries)
        assert known.version == (old.version + counted if old else 1)
        if old and old.state in OPEN and known.state not in OPEN and known.amount and known.amount > ALONE:
            assert entries[-1].move in CLOSES_MONEY - {"accept"}, "money closed without approval or data"

    def whole(self, known):
        assert (known.closed_at is None) == (known.state in OPEN)
        assert known.state not in ("waiting", "snoozed") or known.until is not None
        assert known.state != "in_progress" or known.owner is not None
        assert known.state != "merged" or known.merged_into is not None
        assert Proposal.objects.filter(case=known, decision=None).count() == (known.state == "pending_approval")
        standing = list(Acceptance.objects.filter(case=known, ended_at=None))
        assert len(standing) == (known.state == "accepted")
        for taken in standing:
            assert taken.approved_by != taken.by
            assert taken.approved_by or taken.amount is None or taken.amount <= ALONE

    def by_hand(self, name, who, old, entries):
        """One move, one entry, by who has the standing; who only looks on, or has no role, moves nothing."""
        assert [(entry.move, entry.case_id) for entry in entries] == [(name, old.pk)]
        now = ExceptionCase.objects.get(pk=old.pk)
        assert MOVES[name].may_lead(old.state, now.state)
        assert who not in ("vera", "nobody")
        assert who != "sam" or name not in ("approve", "approve_fix", "reject"), "an admin decides on no money"
        if name in ("approve", "approve_fix"):
            decided = Proposal.objects.filter(case=old).latest("id")
            assert decided.proposed_by != decided.decided_by
        if who == "out":
            assert old.team == "cx" or old.owner_id == self.people["out"].user.pk or name in ("note", "message")
        if name in ("assign", "reassign"):
            assert now.owner.memberships.filter(team=now.team).exists()


def walk(seed, people, did, tried, steps=60):
    """What happens in one world."""
    world = World(Random(seed), people, KINDS[seed % len(KINDS)], did, tried)
    for number in range(steps):
        try:
            world.step()
        except AssertionError as error:
            raise AssertionError(f"world {seed}, step {number}: {error}") from error
    assert illegal_moves() == []


@pytest.mark.django_db
def test_no_invariant_breaks_whatever_happens_and_everything_does():
    """Each world is forgotten by the next; together they make every move of both tables."""
    for key in ("erp", "portal"):
        System.objects.create(key=key, kind="erp")
        Connection.objects.create(system=key, kind="erp")
    people, did, tried = staff(), set(), Counter()
    every = {(True, name) for name in MOVES} | {(False, name) for name in SYSTEM if name not in WRITTEN}
    for seed in range(WORLDS):
        with transaction.atomic():
            walk(seed, people, did, tried)
            transaction.set_rollback(True)
        if "RANDOM_WORLDS" not in os.environ and every <= did:
            break
    assert every <= did, sorted(every - did)
