"""Who may call: a bearer token of the scope that a call needs, so often a minute."""

import structlog
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthorizationError, Throttled
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle

from exceptions.limits import over
from exceptions.models import ApiToken
from exceptions.people.sign_in import address_of
from exceptions.people.tokens import valid_token

log = structlog.get_logger(__name__)
WRONG_TOKENS_A_MINUTE = 60  # of one address


class Bearer(HttpBearer):
    """Lets in a valid token of one scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found, address = valid_token(token, at=timezone.now()), address_of(request)
        if found is None:
            log.warning("token refused", address=address)
            if over(f"limit:no-token:{address}", most=WRONG_TOKENS_A_MINUTE, seconds=60):
                raise Throttled(60)
            return None
        log.info("called", token=found.prefix, scope=self.scope, let_in=self.scope in found.scopes, address=address)
        if self.scope not in found.scopes:
            raise AuthorizationError(message=f"this token may not {self.scope}")
        return found


class PerToken(AuthRateThrottle):
    """Counts by token."""

    def get_cache_key(self, request: HttpRequest) -> str:
        return f"api:{self.scope}:{request.auth.id}"  # type: ignore[attr-defined]
