"""manage.py first_admin: the way in to an installation that has no admin yet."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from exceptions.models import RoleGrant
from exceptions.people.invitations import InvitationNotAllowed, Place, invite

LASTS = timedelta(days=1)


class Command(BaseCommand):
    """Prints a link by which the first admin chooses a user name and a password; refuses where there is an admin."""

    help = "Print the link by which the first admin comes in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the admin's address; no letter is sent")

    def handle(self, *args: Any, **options: Any) -> None:
        if RoleGrant.objects.filter(role="admin", person__is_active=True).exists():
            raise CommandError("There is an admin already, who invites others on the page People.")
        try:
            validate_email(options["email"])
            _, address = invite(
                options["email"], Place(("admin",)), by=None, at=timezone.now(), source="command", lasts=LASTS
            )
        except ValidationError as error:
            raise CommandError(f"{options['email']} is no e-mail address.") from error
        except InvitationNotAllowed as error:
            raise CommandError(str(error)) from error
        self.stderr.write("This link lets the first admin in, once, within a day:")
        self.stdout.write(address)
