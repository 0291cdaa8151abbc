"""manage.py sample_brand: fills an empty installation with Harbour & Pine and its people; only once."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.configuration.changes import load_topology
from exceptions.configuration.sample_settings import settle
from exceptions.living import STORY
from exceptions.models import OPEN, ExceptionCase, Membership, RoleGrant
from exceptions.reconciling import reconcile
from reconciliation.intake import Receipt, take_in
from reconciliation.models import Run


@dataclass(frozen=True)
class SamplePerson:
    """Somebody of Harbour & Pine."""

    name: str
    full_name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


PASSWORD = "harbour-and-pine"
PEOPLE = [
    SamplePerson("amira", "Amira Khan", ("finance_controller", "approver", "agent"), leads=("finance",)),
    SamplePerson("ines", "Ines Duarte", ("agent", "approver"), teams=("finance",)),
    SamplePerson("tom", "Tom Reid", ("agent",), teams=("cx",)),
    SamplePerson("jo", "Jo Lindqvist", ("agent", "lead"), leads=("ops", "cx")),
    SamplePerson("vera", "Vera Novak", ("viewer",)),
    SamplePerson("admin", "Sam Okafor", ("admin",), teams=("admin",)),
]


class Command(BaseCommand):
    """Loads the sample brand, reconciles it, and makes its people; returns their sign-ins."""

    help = "Fill an empty installation with a sample brand."

    def handle(self, *args: Any, **options: Any) -> str:
        if settings.PRODUCTION:
            raise CommandError("The sample brand is not for production: everybody knows its sign-ins.")
        for known in PEOPLE:
            _sign_up(known)
        if not Run.objects.filter(finished_at__isnull=False).exists():
            self._fill(_moment(timezone.now()))
        names = ", ".join(f"{p.name} ({', '.join(p.roles).replace('_', ' ')})" for p in PEOPLE)
        return f"Sign in as {names}; the password is {PASSWORD} for each."

    def _fill(self, moment: datetime) -> None:
        self._say("Writing 90 days of Harbour & Pine …")
        STORY.unlink(missing_ok=True)
        brand = sample_brand(moment, orders=settings.DEMO_ORDERS)
        admin = get_user_model().objects.get(username="admin")
        load_topology(brand.topology, by=admin, at=timezone.now(), source="command")
        settle(admin, at=timezone.now())
        lines = read_lines(io.BytesIO("\n".join(brand.lines).encode()))
        take_in(lines, source="sample brand", clock=timezone.now, progress=self._loaded)
        self._say("Reconciling …")
        reconcile(as_of=timezone.now(), now=timezone.now())
        self._say(f"{ExceptionCase.objects.filter(state__in=OPEN).count():,} exceptions are open.")

    def _loaded(self, receipt: Receipt) -> None:
        self._say(f"  {receipt.lines:,} lines")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _moment(now: datetime) -> datetime:
    """When the brand ends: now, or when a start that was cut off began, so that the same lines come again."""
    noted = settings.DATA_DIR / "sample-brand-moment"
    if not noted.exists():
        noted.parent.mkdir(parents=True, exist_ok=True)
        noted.write_text(now.isoformat(), encoding="ascii")
    return datetime.fromisoformat(noted.read_text(encoding="ascii"))


def _sign_up(known: SamplePerson) -> None:
    first, last = known.full_name.split()
    person, new = get_user_model().objects.get_or_create(
        username=known.name,
        defaults={"first_name": first, "last_name": last, "email": f"{known.name}@harbour-and-pine.example"},
    )
    if not new:
        return
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    RoleGrant.objects.bulk_create(RoleGrant(person=person, role=role) for role in known.roles)
    Membership.objects.bulk_create(
        Membership(person=person, team_id=team, is_lead=team in known.leads) for team in known.teams + known.leads
    )
