"""Connecting a system: its settings and secrets are kept, and the vendor is asked what is missing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.access import Access
from connectors.clients import client_of
from connectors.credentials import keep_secret
from connectors.http import documented_shape
from connectors.models import Connection, Credential, Delivery, PullRun
from connectors.pull import PROBLEMS
from connectors.registry import Connector, connector
from connectors.subscribing import lost


@transaction.atomic
def connect(*, system: str, kind: str, vendor: str, given: Mapping[str, str], at: datetime) -> Connection:
    """Makes or changes the connection of a system; a secret that is not given stays as it is.

    What is kept beside the declared settings stays too. A changed secret makes the token that was got with the old one
    void. Raises NoSuchConnector or WrongSettings.
    """
    made = connector(kind, vendor)
    held = Connection.objects.filter(system=system, kind=kind, vendor=vendor).first()
    declared = {setting.name for setting in made.settings}
    beside = {name: value for name, value in held.settings.items() if name not in declared} if held else {}
    fields: dict[str, Any] = {"kind": kind, "vendor": vendor, "settings": beside | made.checked(given)}
    connection, _ = Connection.objects.update_or_create(system=system, defaults=fields)
    for setting in made.settings:
        if setting.secret and given.get(setting.name):
            keep_secret(connection, setting.name, given[setting.name], at=at)
            Credential.objects.filter(connection=connection, name="access_token").delete()
    _try_at_once(connection)
    return connection


def _try_at_once(connection: Connection) -> None:
    """What rests after a failure does so no longer: whoever enters something has mended it perhaps."""
    PullRun.objects.filter(connection=connection, finished_at=None).update(resume_at=None)
    Delivery.objects.filter(connection=connection, handled_at=None).update(retry_at=None)
    Connection.objects.filter(id=connection.pk).update(open_until=None)
    connection.open_until = None


def try_connection(connection: Connection, made: Connector, *, access: Access) -> list[str]:
    """What the connection lacks, in the vendor's words, and kept with it; empty when all is there."""
    asked = made.settings if isinstance(connection.settings, dict) else ()
    missing = [f"{setting.label} is missing." for setting in asked if _lacks(setting, access)]
    missing = missing or _asked(connection, made, access)
    connection.missing, connection.tested_at = missing, access.clock()
    connection.save(update_fields=["missing", "tested_at"])
    return missing


def _lacks(setting: Any, access: Access) -> bool:
    if not setting.required:
        return False
    return not (access.has(setting.name) if setting.secret else access.setting(setting.name))


def _asked(connection: Connection, made: Connector, access: Access) -> list[str]:
    try:
        client = client_of(made, access)
        try:
            with documented_shape():
                found = [*client.missing(), *lost(connection, made, client)]
                return [access.scrub(one) for one in found]
        finally:
            client.close()
    except PROBLEMS as error:
        return [access.scrub(str(error))]
