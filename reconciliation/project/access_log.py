"""The web server's access log without what must not stand there: secrets in addresses, and what people asked for."""

from typing import Any

from gunicorn.glogging import Logger

from reconciliation.project.logs import SECRETS


def without_secrets(address: str) -> str:
    """An address without its query and without the secret that its path ends with."""
    return SECRETS.sub(r"\1…", address.partition("?")[0])


class AccessLog(Logger):  # type: ignore[misc]
    """Gunicorn's, with `without_secrets` on each address."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """What a line can name."""
        told: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = without_secrets(environ.get("RAW_URI", ""))
        line = f"{environ['REQUEST_METHOD']} {path} {environ['SERVER_PROTOCOL']}"
        return told | {"r": line, "U": path, "q": "", "f": without_secrets(environ.get("HTTP_REFERER", "-"))}
