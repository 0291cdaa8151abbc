"""How people come in: what allauth and axes ask of us. New people come by invitation alone."""

from time import time
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from connectors.credentials import seal, unseal
from exceptions.models import Invitation
from exceptions.people.invitations import grant, open_invitation
from exceptions.people.sessions import begin, end_oldest

log = structlog.get_logger(__name__)
SEALED = ("secret", "seed")  # what allauth keeps of an authenticator app and of recovery codes


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: invitations have their own page."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Signs in, by whichever way; from now on the time of the sign-in runs."""
        super().login(request, user)
        begin(request.session, at=time())
        methods = [record["method"] for record in get_authentication_records(request, user)]
        log.info("signed in", person=user.pk, by=methods, address=address_of(request))

    def post_login(self, request: HttpRequest, user: Any, **told: Any) -> HttpResponse:
        """Of too many sign-ins at once the oldest end."""
        answer: HttpResponse = super().post_login(request, user, **told)
        end_oldest(user)
        return answer

    def logout(self, request: HttpRequest) -> None:
        """Signs out, which ends the session."""
        log.info("signed out", person=request.user.pk)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """What was typed as a name is told only where it is one: some type their password there."""
        name = name_tried(request, {"username": credentials.get("username"), "email": credentials.get("email")})
        known = get_user_model().objects.filter(username__iexact=name).values_list("pk", flat=True).first()
        log.warning("sign-in failed", person=known, address=address_of(request))


class DirectoryAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Whom the company's own directory names comes in as whoever has the address, or as whom it was invited."""

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Any, str] | None:
        """Who has proven an address that the directory vouches for; who merely typed it into their account loses it."""
        vouched = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        EmailAddress.objects.filter(email__in=vouched, verified=False).delete()
        found: tuple[Any, str] | None = super().authenticate_by_email(sociallogin)
        proven = found and EmailAddress.objects.filter(user=found[0], email__iexact=found[1], verified=True).exists()
        return found if proven else None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Only to whom the directory vouches for an address with an open invitation."""
        return _invited(sociallogin) is not None

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """Makes the person and gives them what they were invited to."""
        invitation = _invited(sociallogin)
        person = super().save_user(request, sociallogin, form)
        if invitation:
            grant(invitation, person, at=timezone.now())
        return person


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps and recovery codes sealed."""

    def encrypt(self, text: str) -> str:
        """Sealed with the first of CREDENTIAL_KEYS."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises CredentialUnreadable where no key opens it; an admin then takes the second step away."""
        return unseal(encrypted_text)


def reseal_second_steps() -> int:
    """Seals with the first key what an older one sealed; how many were resealed."""
    held = list(Authenticator.objects.filter(data__has_any_keys=SEALED))
    for step in held:
        step.data |= {name: seal(unseal(step.data[name])) for name in SEALED if name in step.data}
        step.save(update_fields=["data"])
    return len(held)


def _invited(sociallogin: Any) -> Invitation | None:
    vouched = [address.email for address in sociallogin.email_addresses if address.verified]
    found = (open_invitation(email, at=timezone.now()) for email in vouched)
    return next(filter(None, found), None)


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Whose failures are counted together: the person's user name, by whichever of their names they try."""
    said = (credentials or {}).get("username") or (credentials or {}).get("email") or ""
    mine = Q(email__iexact=said) | Q(emailaddress__email__iexact=said)
    known = get_user_model().objects.filter(mine).order_by("pk").first() if "@" in said else None
    return known.get_username() if known else said.lower()


def address_of(request: HttpRequest) -> str | None:
    """The address a request comes from, which behind a proxy is the one that the proxy names; null: from no network."""
    return get_adapter().get_client_ip(request) if request.META.get("REMOTE_ADDR") else None
