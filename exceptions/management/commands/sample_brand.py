"""manage.py sample_brand: fills an empty installation with Harbour & Pine and its people; only once."""

import io
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.models import OPEN, ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.intake import Receipt, take_in
from reconciliation.models import Run
from reconciliation.topology import load

PASSWORD = "harbour-and-pine"
PEOPLE = {
    "amira": ("Amira Khan", "finance_controller"),
    "tom": ("Tom Reid", "agent"),
    "jo": ("Jo Lindqvist", "lead"),
    "admin": ("Sam Okafor", "admin"),
}


class Command(BaseCommand):
    """Loads the sample brand, reconciles it, and makes its people; returns their sign-ins."""

    help = "Fill an empty installation with a sample brand."

    def handle(self, *args: Any, **options: Any) -> str:
        if not Run.objects.filter(finished_at__isnull=False).exists():
            self._fill(_moment(timezone.now()))
        for name, (full_name, role) in PEOPLE.items():
            _person(name, full_name, role)
        names = ", ".join(f"{name} ({role.replace('_', ' ')})" for name, (_, role) in PEOPLE.items())
        return f"Sign in as {names}; the password is {PASSWORD} for each."

    def _fill(self, moment: datetime) -> None:
        self._say("Writing 90 days of Harbour & Pine …")
        brand = sample_brand(moment)
        load(brand.topology, dry_run=False)
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


def _person(name: str, full_name: str, role: str) -> None:
    first, last = full_name.split()
    person, new = get_user_model().objects.get_or_create(
        username=name, defaults={"first_name": first, "last_name": last}
    )
    if new:
        person.set_password(PASSWORD)
        person.save()
        person.groups.add(Group.objects.get_or_create(name=role)[0])
