"""Reading the environment: words, numbers, servers and keys, and the one sentence a wrong value is answered with."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

POSTGRES_SCHEMES = ("postgres", "postgresql")
REDIS_SCHEMES = ("redis", "rediss", "unix")


class WrongSetting(Exception):
    """A value from the environment, or the server it names, that the product cannot work with."""


@contextmanager
def plain_refusals() -> Iterator[None]:
    """Ends the process with exit code 2 and one sentence when a setting is wrong, instead of a traceback."""
    try:
        yield
    except WrongSetting as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(2)


def inherited() -> dict[str, str]:
    """This process's whole environment, for a program that it starts."""
    return dict(os.environ)


def text(name: str, default: str = "", *, choices: tuple[str, ...] = ()) -> str:
    """The variable without outer white space; an empty one counts as not given."""
    value = os.environ.get(name, "").strip() or default
    if choices and value not in choices:
        raise WrongSetting(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
    return value


def several(name: str, default: str = "", *, choices: tuple[str, ...]) -> list[str]:
    """The variable as words, separated by spaces, each one of the choices; `none` is the empty list."""
    words = text(name, default).split()
    if unknown := [word for word in words if word not in (*choices, "none")]:
        raise WrongSetting(f"{name} names {unknown[0]!r}; it may name {', '.join(choices)}, or none.")
    return [word for word in words if word != "none"]


def number(name: str, default: int, *, least: int, most: int) -> int:
    """The variable as a whole number between `least` and `most`, both included."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise WrongSetting(f"{name} is {value!r}; it must be a whole number.")
    if not least <= int(value) <= most:
        raise WrongSetting(f"{name} is {value}; it must lie between {least} and {most}.")
    return int(value)


def flag(name: str, default: bool) -> bool:
    """The variable as yes or no."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    value = text(name, "yes" if default else "no").lower()
    if value not in words:
        raise WrongSetting(f"{name} is {value!r}; it must be yes or no.")
    return words[value]


# Either side of a connection over a network knows within a minute and a half that the other is gone: until the server
# knows, what a host that vanished had begun stays locked (a slice of a run, for instance).
SOON_KNOWN = {
    "keepalives_idle": "60",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "90000",
    "options": "-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=90000",
}


def postgres_database(url: str) -> dict[str, object]:
    """DATABASE_URL as Django's HOST, PORT, NAME, USER, PASSWORD and libpq's options from the query string."""
    parts = urlsplit(url)
    if parts.scheme not in POSTGRES_SCHEMES:
        raise WrongSetting(
            f"DATABASE_URL begins with {parts.scheme or 'no scheme'!r}; it must be postgresql://user:password@host/name."
        )
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise WrongSetting("DATABASE_URL names no database; it must end in /name.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "HOST": host,
        "PORT": str(_port("DATABASE_URL", url) or ""),
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": options if not host or host.startswith("/") else SOON_KNOWN | options,
    }


def postgres_account(name: str, url: str) -> dict[str, str]:
    """Django's USER and PASSWORD of a database URL that is only asked for these; empty where none is given."""
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in POSTGRES_SCHEMES or not parts.username:
        raise WrongSetting(f"{name} names no account; it must be postgresql://user:password@host/name.")
    return {"USER": unquote(parts.username), "PASSWORD": unquote(parts.password or "")}


def redis_url(url: str) -> str:
    """REDIS_URL, once its scheme and port are known to be right."""
    parts = urlsplit(url)
    if parts.scheme not in REDIS_SCHEMES:
        raise WrongSetting(
            f"REDIS_URL begins with {parts.scheme or 'no scheme'!r}; it must be redis://host:port/0, rediss:// or unix://."
        )
    _port("REDIS_URL", url)
    return url


def celery_broker(url: str) -> str:
    """The Redis address as Celery spells it: a Unix socket is `redis+socket://` there, its number `virtual_host`."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


def openid_connect(*, name: str, server: str, client: str, secret: str) -> dict[str, object]:
    """One OpenID Connect provider as allauth wants it said; none where no server is given."""
    if not (server or client or secret):
        return {}
    if urlsplit(server).scheme not in ("http", "https"):
        raise WrongSetting(f"OIDC_SERVER is {server!r}; it must be the https address of the provider.")
    if not client:
        raise WrongSetting("OIDC_CLIENT is not set; the provider gives it with the secret.")
    app = {"provider_id": "company", "name": name, "client_id": client, "secret": secret}
    return {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app | {"settings": {"server_url": server}}]},
    }


def secret_key(given: str, *, production: bool, data_dir: Path) -> str:
    """The given key; outside production one that is made once and kept in the data directory."""
    if given:
        return given
    if production:
        raise WrongSetting("SECRET_KEY is not set; in production it must be a long random string.")
    kept = data_dir / "secret-key"
    try:
        if not kept.exists():
            _write_once(kept, os.urandom(48).hex())
        return kept.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongSetting(f"DATA_DIR is {str(data_dir)!r}; it cannot be used: {error.strerror}.") from error


def _write_once(path: Path, content: str) -> None:
    """Puts the file in place whole, and leaves one that another process put there first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(content, encoding="utf-8")
    draft.chmod(0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _port(name: str, url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError as error:
        raise WrongSetting(f"{name} has a port that is no number between 0 and 65535.") from error
