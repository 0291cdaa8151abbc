"""`manage.py credentials reseal`: seals all that is kept sealed with the first of CREDENTIAL_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from connectors.credentials import reseal
from connectors.models import Credential
from exceptions.news.outgoing import reseal_channels
from exceptions.people.sign_in import reseal_second_steps


class Command(BaseCommand):
    """After a new key was put first; the old one may be taken out afterwards."""

    help = "Seal the credentials of all connections and people's second steps with the first of CREDENTIAL_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["reseal"])

    def handle(self, *args: Any, **options: Any) -> None:
        count = reseal(Credential.objects.all()) + reseal_second_steps() + reseal_channels()
        self.stdout.write(f"resealed {count:,}")
