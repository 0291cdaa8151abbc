"""manage.py token create|list|revoke: the tokens of programs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exceptions.models import SCOPES, ApiToken
from exceptions.people.tokens import issue, revoke
from reconciliation.topology_rows import duration


class Command(BaseCommand):
    """Makes, lists and revokes API tokens."""

    help = "Make, list and revoke API tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="a new token, shown once")
        create.add_argument("--name", required=True)
        create.add_argument("--scope", action="append", required=True, choices=SCOPES)
        create.add_argument("--expires", default="90d", metavar="SPAN", help="90d (default), 12h …")
        actions.add_parser("list", help="every token, without its secret")
        revoke = actions.add_parser("revoke", help="ends a token at once")
        revoke.add_argument("prefix")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _create(self, options: dict[str, Any]) -> None:
        try:
            now = timezone.now()
            expires_at = now + duration(options["expires"])
        except (ValueError, OverflowError) as error:
            raise CommandError(f"--expires: {error}.") from error
        said = {"name": options["name"], "scopes": options["scope"], "expires_at": expires_at}
        token, text = issue(**said, by=None, at=now, source="command")
        self.stderr.write(
            f"{token}: {', '.join(token.scopes)}, until {expires_at:%Y-%m-%d %H:%M} UTC. Shown this once:"
        )
        self.stdout.write(text)

    def _list(self, options: dict[str, Any]) -> None:
        for token in ApiToken.objects.order_by("id"):
            state = "revoked" if token.revoked_at else f"until {token.expires_at:%Y-%m-%d %H:%M}"
            used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never"
            self.stdout.write(f"{token.prefix}  {token.name}  {','.join(token.scopes)}  {state}  last used {used}")

    def _revoke(self, options: dict[str, Any]) -> None:
        token = ApiToken.objects.filter(prefix=options["prefix"]).first()
        if token is None or not revoke(token, by=None, at=timezone.now(), source="command"):
            raise CommandError(f"There is no valid token {options['prefix']}.")
        self.stdout.write("Revoked.")
