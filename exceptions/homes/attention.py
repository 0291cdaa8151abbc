"""What in the settings needs a person's attention, each with where to see to it."""

import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse

from connectors.models import Connection
from exceptions.configuration.canaries import last_canaries
from exceptions.configuration.mappings import unmapped_words
from exceptions.ledgers.arrivals import late_arrivals
from exceptions.ledgers.feeds import systems_read
from exceptions.models import (
    OPEN,
    AcceptanceLimit,
    ApprovalBand,
    Cover,
    ExceptionCase,
    Membership,
    OwnershipRule,
    Suppression,
    Team,
)
from exceptions.news.canaries import grounded_sentence, incident_sentence
from reconciliation.groups import LARGE, large_groups
from reconciliation.models import System

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Attention:
    """One thing to see to: a sentence, and the page where it is seen to."""

    words: str
    address: str


def attention(*, at: datetime) -> list[Attention]:
    """Everything that needs attention at a moment, the most urgent first."""
    found = [
        *_canaries(at),
        _unread(at),
        _unsent(at),
        _lacking(),
        *_nobodys(),
        *_unmapped(),
        *_teams(),
        *_ending(at),
        *_limits(),
        *_systems(),
        _large(),
    ]
    return [thing for thing in found if thing is not None]


def _canaries(at: datetime) -> list[Attention]:
    last = last_canaries()
    if last is None:
        return []
    said = ("" if last.right else incident_sentence(last), grounded_sentence(last, at=at))
    return [Attention(words, reverse("settings_canaries")) for words in said if words]


def _unread(at: datetime) -> Attention | None:
    named = [one.connection.system for one in systems_read(at=at) if one.state in ("failing", "late")]
    return Attention(f"Not read as agreed: {', '.join(named)}.", reverse("connections")) if named else None


def _unsent(at: datetime) -> Attention | None:
    named = dict.fromkeys(f"{one.system} ({one.type.replace('_', ' ')})" for one in late_arrivals(at=at))
    return Attention(f"Not sent as expected: {', '.join(named)}.", f"{reverse('feeds')}#sent") if named else None


def _lacking() -> Attention | None:
    """What the last test of a connection found missing."""
    named = Connection.objects.filter(paused_at=None).exclude(missing=[]).values_list("system", flat=True)
    return Attention(f"Something is missing: {', '.join(named)}.", reverse("connections")) if named else None


def _nobodys() -> list[Attention | None]:
    open_cases = ExceptionCase.objects.filter(state__in=OPEN).order_by()
    gone = open_cases.filter(owner__is_active=False).values_list("owner__username").annotate(cases=Count("id"))
    no_team = ~Exists(Team.objects.filter(key=OuterRef("team")))
    lost = open_cases.filter(no_team).values_list("team").annotate(cases=Count("id"))
    words = ("open exception", "open exceptions")
    return [
        *(_many(n, *words, f"with {who}, who is no longer here", _queue("owner", who)) for who, n in sorted(gone)),
        *(
            _many(n, *words, f"with the team {team}, which does not exist", _queue("team", team))
            for team, n in sorted(lost)
        ),
        _many(open_cases.filter(owner=None).count(), *words, "without an owner", _queue("owner", "nobody")),
    ]


def _queue(name: str, value: str) -> str:
    return f"{reverse('queue')}?{urlencode({'q': shlex.join([f'{name}:{value}'])})}"


def _unmapped() -> list[Attention | None]:
    words = {"statuses": ("status has", "statuses have"), "reason_codes": ("return reason has", "return reasons have")}
    return [
        _many(len(unmapped_words(table)), *said, "no mapping", reverse("settings_mappings", args=[table]))
        for table, said in words.items()
    ]


def _teams() -> list[Attention | None]:
    people = Membership.objects.filter(team=OuterRef("pk"), person__is_active=True)
    teams = Team.objects.annotate(manned=Exists(people), led=Exists(people.filter(is_lead=True)))
    address = _section("teams")
    empty = [team.name for team in teams if not team.manned]
    unled = [team.name for team in teams if team.manned and not team.led]
    return [
        Attention(f"Nobody is in: {', '.join(empty)}.", address) if empty else None,
        Attention(f"Nobody leads: {', '.join(unled)}.", address) if unled else None,
    ]


def _ending(at: datetime) -> list[Attention | None]:
    soon = {"gt": at, "lte": at + SOON}
    rules = OwnershipRule.objects.filter(**{f"ends_at__{bound}": moment for bound, moment in soon.items()})
    over = OwnershipRule.objects.filter(ends_at__lte=at)
    left_out = Suppression.objects.filter(undone_at=None, **{f"ends_at__{b}": moment for b, moment in soon.items()})
    covers = Cover.objects.filter(**{f"until__{bound}": moment for bound, moment in soon.items()})
    return [
        _many(rules.count(), "rule ends", "rules end", "within 14 days", _section("rules")),
        _many(over.count(), "rule has", "rules have", "ended and can go", _section("rules")),
        _many(left_out.count(), "suppression ends", "suppressions end", "within 14 days", _section("suppressions")),
        _many(covers.count(), "cover ends", "covers end", "within 14 days", _section("covers")),
    ]


def _limits() -> list[Attention | None]:
    return [
        None if ApprovalBand.objects.exists() else Attention("Nobody may approve: no band.", _section("approvals")),
        None if AcceptanceLimit.objects.exists() else Attention("Nobody may accept: no limit.", _section("limits")),
    ]


def _systems() -> list[Attention | None]:
    alone = [str(system) for system in System.objects.filter(flows_in=None, flows_out=None) if system.kind != "ipaas"]
    address = _section("flows")
    return [Attention(f"No flow leads to or from: {', '.join(alone)}.", address) if alone else None]


def _large() -> Attention | None:
    found = len(large_groups())
    words = ("order group has", "order groups have")
    return _many(found, *words, f"more than {LARGE} records", reverse("settings_ignored"))


def _many(count: int, one: str, more: str, rest: str, address: str) -> Attention | None:
    return Attention(f"{count:,} {one if count == 1 else more} {rest}.", address) if count else None


def _section(key: str) -> str:
    return reverse("settings_section", args=[key])
