"""What production refuses to speak to in the clear, or without knowing who answers, unless UNENCRYPTED names it."""

import ssl
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from reconciliation.project.environment import WrongSetting

SIDES = ("database", "redis", "letters", "directory", "traces")
HERE = ("", "localhost", "127.0.0.1", "::1")


def demand_encryption(
    *,
    database: Mapping[str, Any],
    redis: str,
    letters: tuple[str, str],
    directory: str,
    traces: str,
    but: Collection[str],
) -> None:
    """Raises WrongSetting, with what to do, for the first side that is reached over a network in the clear.

    `database`: Django's; `letters`: the server's host and EMAIL_SECURITY; the others: addresses, empty where none is.
    """
    faults = {
        "database": _of_database(database),
        "redis": _of_redis(redis),
        "letters": "set EMAIL_SECURITY to starttls or tls" if _far(letters[0]) and letters[1] == "none" else "",
        "directory": "let OIDC_SERVER begin with https://" if _plain_http(directory) else "",
        "traces": "let OTEL_EXPORTER_OTLP_ENDPOINT begin with https://" if _plain_http(traces) else "",
    }
    for side, remedy in faults.items():
        if remedy and side not in but:
            raise WrongSetting(f"In production {side} must be reached encrypted: {remedy}, or name it in UNENCRYPTED.")


def broker_encryption(url: str) -> dict[str, Any] | None:
    """How Celery checks who answers at a `rediss://` address, which it does not by itself; null: nothing to check."""
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED} if urlsplit(url).scheme == "rediss" else None


def _far(host: str) -> bool:
    """Whether a host is reached over a network, and not over a socket or this machine's own loopback."""
    return not (host in HERE or host.startswith("/"))


def _of_database(database: Mapping[str, Any]) -> str:
    verified = database.get("OPTIONS", {}).get("sslmode") == "verify-full"
    return "" if verified or not _far(str(database.get("HOST", ""))) else "end DATABASE_URL with ?sslmode=verify-full"


def _of_redis(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix" or not _far(parts.hostname or ""):
        return ""
    unchecked = {"none", "optional", "false"} & {said.lower() for _, said in parse_qsl(parts.query)}
    return (
        "" if parts.scheme == "rediss" and not unchecked else "let REDIS_URL begin with rediss:// and check who answers"
    )


def _plain_http(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and _far(parts.hostname or "")
