"""What a person may do: one table of rights and the roles that carry them, and the guard in front of each page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import structlog
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from exceptions.models import ROLES, Company
from exceptions.people.typed import keep_typed, page_of

log = structlog.get_logger(__name__)

RIGHTS: dict[str, frozenset[str]] = {
    "see": frozenset(ROLES),
    "export": frozenset(ROLES),
    "work": frozenset({"agent", "lead", "approver", "finance_controller"}),
    "lead": frozenset({"lead"}),
    "approve": frozenset({"approver", "finance_controller"}),
    "close_periods": frozenset({"finance_controller"}),
    "audit": frozenset({"viewer", "admin"}),
    "configure": frozenset({"admin"}),
    "manage_people": frozenset({"admin"}),
}
BARRED = {"approve": frozenset({"admin"})}  # who sets the limits decides on no money, whatever other roles they have
WORDS = {
    "see": "see the exceptions",
    "export": "export what is shown",
    "work": "work on exceptions",
    "lead": "lead a team",
    "approve": "approve proposals",
    "close_periods": "close a month",
    "audit": "read the whole trail",
    "configure": "change the settings",
    "manage_people": "manage people and tokens",
}


class NotAllowed(PermissionDenied):
    """The person lacks the right; the message says what it was about and which roles would do."""


@dataclass(frozen=True)
class Person:
    """A user with what decides about their rights: roles, teams they belong to, and those of them they lead."""

    user: Any
    roles: frozenset[str] = field(default_factory=frozenset)
    teams: frozenset[str] = field(default_factory=frozenset)
    leads: frozenset[str] = field(default_factory=frozenset)
    second_step: bool = False

    @property
    def role_names(self) -> list[str]:
        """The roles in words."""
        return [role.replace("_", " ") for role in ROLES if role in self.roles]

    @property
    def deeds(self) -> list[str]:
        """What the person may do, in words."""
        return [words for right, words in WORDS.items() if may(self, right)]

    @property
    def may(self) -> dict[str, bool]:
        """Each right and whether the person has it; for templates: `person.may.configure`."""
        return {right: may(self, right) for right in RIGHTS}


def person_of(user: AbstractBaseUser | AnonymousUser) -> Person:
    """The person as the database knows them now, in one query; nobody and the deactivated have no roles."""
    return person_and(user, {})[0]


def person_and(
    user: AbstractBaseUser | AnonymousUser, beside: Mapping[str, Combinable | Subquery]
) -> tuple[Person, dict[str, Any]]:
    """The person, and what is read `beside` in the same query, each by its name; nothing for the deactivated."""
    if not user.is_active:
        return Person(user), {}
    known = (
        get_user_model()
        .objects.filter(pk=user.pk)
        .annotate(
            all_roles=_all("roles__role", Q(roles__isnull=False)),
            all_teams=_all("memberships__team", Q(memberships__isnull=False)),
            all_leads=_all("memberships__team", Q(memberships__is_lead=True)),
            has_step=second_step(),
            **beside,
        )
    )
    found = known.values_list("all_roles", "all_teams", "all_leads", "has_step", *beside).first() or ((), (), (), False)
    roles, teams, leads = map(frozenset, found[:3])
    return Person(user, roles, teams, leads, bool(found[3])), dict(zip(beside, found[4:], strict=False))


def second_step() -> Exists:
    """Whether a user has an authenticator app or a passkey; recovery codes alone are none."""
    return Exists(Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES))


def _all(name: str, condition: Q) -> ArrayAgg:
    return ArrayAgg(name, filter=condition, distinct=True, default=[])


def may(person: Person, right: str) -> bool:
    """Whether one of the person's roles carries the right, and none bars it."""
    return bool(person.roles & RIGHTS[right]) and not person.roles & BARRED.get(right, frozenset())


def demand(person: Person, right: str) -> None:
    """Raises NotAllowed unless the person has the right."""
    if not may(person, right):
        roles = " or ".join(role.replace("_", " ") for role in ROLES if role in RIGHTS[right])
        needed = "any role" if RIGHTS[right] == frozenset(ROLES) else f"the role {roles}"
        raise NotAllowed(f"To {WORDS[right]} takes {needed}.")


def person_in(request: HttpRequest) -> Person:
    """The person who asks, loaded once a request."""
    known: Person | None = getattr(request, "_person", None)
    if known is None:
        known = person_of(getattr(request, "user", AnonymousUser()))
        request._person = known  # type: ignore[attr-defined]
    return known


def person(request: HttpRequest) -> dict[str, Any]:
    """For templates: `person`, loaded when it is first used."""
    return {"person": SimpleLazyObject(lambda: person_in(request))}


def needs(right: str | None) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Guards a view: nobody is asked to sign in, who lacks the right is refused in words; None: any signed-in person.

    The view's address needs its line in exceptions/access.py as well.
    """

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if right:
                demand(person_in(request), right)
                if lacks_second_step(request):
                    return _sent_to(request, reverse("second_step"))
            response = view(request, *args, **kwargs)
            if request.method == "POST" and response.status_code == 200:
                log.info("form answered", page=getattr(request.resolver_match, "url_name", ""))
            if isinstance(response, HttpResponse):  # a page, and no file that is streamed
                response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return guard


def lacks_second_step(request: HttpRequest) -> bool:
    """Whether one of the person's roles demands a second step that they have not set up."""
    known, company = person_in(request), getattr(request, "company", None) or Company()
    return not known.second_step and bool(known.roles.intersection(company.second_step_demanded_of))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which brings back here; what was typed is kept where only the time ran out."""
    if timed_out := getattr(request, "timed_out", None):
        keep_typed(request, timed_out)
    page = request.htmx.current_url_abs_path if getattr(request, "htmx", False) else page_of(request)  # type: ignore[attr-defined]
    return _sent_to(request, redirect_to_login(page or "/").url)


def _sent_to(request: HttpRequest, address: str) -> HttpResponse:
    """Leads to another page; a part of a page is answered so that the whole page goes there."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
