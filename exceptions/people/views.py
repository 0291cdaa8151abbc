"""The pages about people: one's own account, everybody for those who manage them, invitations, and programs' tokens."""

import smtplib
from typing import Any, cast

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions.company import current_company
from exceptions.limits import limited
from exceptions.listing import list_page
from exceptions.models import ROLES, ApiToken, Invitation, TrailEntry
from exceptions.people.confirming import confirmed
from exceptions.people.forms import AcceptForm, DeactivateForm, InvitationForm, LostStepForm, RolesForm, TokenForm
from exceptions.people.invitations import (
    InvitationNotAllowed,
    InvitationOver,
    NameTaken,
    invitation_of,
    invite,
    open_invitations,
    send,
    take_up,
    withdraw,
)
from exceptions.people.membership import (
    ChangeNotAllowed,
    deactivate,
    everybody,
    reactivate,
    reset_second_step,
    set_place,
)
from exceptions.people.names import name_of
from exceptions.people.tokens import issue, known_tokens, revoke
from exceptions.rights import needs, person_in

HISTORY = 50


@require_safe
@needs(None)
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what one may do."""
    known = person_in(request)
    return render(request, "account/you.html", {"teams": sorted(known.teams), "leads": sorted(known.leads)})


@require_safe
@needs(None)
def second_step(request: HttpRequest) -> HttpResponse:
    """Where somebody is led whose roles demand a second step that they have not set up."""
    known, demanded = person_in(request), current_company().second_step_demanded_of
    roles = [role.replace("_", " ") for role in ROLES if role in known.roles.intersection(demanded)]
    return render(request, "account/second_step.html", {"roles": roles, "done": known.second_step})


@require_safe
@needs("manage_people")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, and how many are invited and not here yet."""
    search, after = request.GET.get("q", ""), request.GET.get("after", "")
    page = list_page(everybody(search), search=search, after=after)
    return render(request, "people/people.html", {"page": page, "waiting": open_invitations().count()})


@require_safe
@needs("manage_people")
def invitations(request: HttpRequest) -> HttpResponse:
    """The invitations that nobody has taken up."""
    search, after = request.GET.get("q", ""), request.GET.get("after", "")
    page = list_page(open_invitations(search), search=search, after=after)
    return render(request, "people/invitations.html", {"page": page, "now": timezone.now()})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_people")
@confirmed()
def somebody(request: HttpRequest, id: int) -> HttpResponse:
    """One person: roles and teams to change, and what was changed."""
    known = get_object_or_404(everybody(), id=id)
    form = RolesForm(request.POST or None, initial=_place(known))
    if request.method == "POST" and form.is_valid():
        try:
            set_place(known, form.place, by=request.user, at=timezone.now(), source="page")
        except ChangeNotAllowed as error:
            form.add_error("roles", str(error))
        else:
            messages.success(request, f"{name_of(known)} is as you chose.")
            return redirect("somebody", id=id)
    context = {"known": known, "form": form, "history": _history(known)}
    context |= {"leaving": DeactivateForm(leaving=known), "lost": LostStepForm()}
    return render(request, "people/somebody.html", context)


@require_POST
@needs("manage_people")
@confirmed()
def leave(request: HttpRequest, id: int) -> HttpResponse:
    """Deactivates a person and hands on their open exceptions."""
    known = get_object_or_404(get_user_model(), id=id, is_active=True)
    form = DeactivateForm(request.POST, leaving=known)
    if not form.is_valid():
        messages.error(request, "Choose somebody who stays, or the queues.")
        return redirect("somebody", id=id)
    try:
        heir = form.cleaned_data["hand_to"]
        done = deactivate(known, hand_to=heir, by=request.user, at=timezone.now(), source="page")
    except ChangeNotAllowed as error:
        messages.error(request, str(error))
        return redirect("somebody", id=id)
    messages.success(
        request,
        f"{name_of(known)} can no longer sign in. Open exceptions: {done.handed_over} handed over, "
        f"{done.given_back} given back to their teams.",
    )
    return redirect("people")


@require_POST
@needs("manage_people")
@confirmed()
def come_back(request: HttpRequest, id: int) -> HttpResponse:
    """Lets somebody who left sign in again."""
    known = get_object_or_404(get_user_model(), id=id)
    reactivate(known, by=request.user, at=timezone.now(), source="page")
    messages.success(request, f"{name_of(known)} can sign in again; give them roles and teams.")
    return redirect("somebody", id=id)


@require_POST
@needs("manage_people")
@confirmed()
def lost_second_step(request: HttpRequest, id: int) -> HttpResponse:
    """Lets somebody who lost phone and passkeys in with the password alone."""
    known, form = get_object_or_404(get_user_model(), id=id), LostStepForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say how you made sure that it is they who ask; nothing was taken away.")
        return redirect("somebody", id=id)
    known_by = form.cleaned_data["known_by"]
    reset_second_step(known, known_by=known_by, by=request.user, at=timezone.now(), source="page")
    messages.success(
        request, f"{name_of(known)} signs in with the password alone until they set a second step up again."
    )
    return redirect("somebody", id=id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_people")
@confirmed()
def invite_somebody(request: HttpRequest) -> HttpResponse:
    """Invites a person; shows the link once, for where letters do not arrive."""
    form = InvitationForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "people/invite.html", {"form": form})
    said = form.cleaned_data
    try:
        asked = {"full_name": said["full_name"], "by": request.user, "at": timezone.now(), "source": "page"}
        invitation, address = invite(said["email"], form.place, **asked)
    except InvitationNotAllowed as error:
        form.add_error("email", str(error))
        return render(request, "people/invite.html", {"form": form})
    sent = _sent(invitation, address)
    return render(request, "people/invited.html", {"invitation": invitation, "address": address, "sent": sent})


@require_POST
@needs("manage_people")
def withdraw_invitation(request: HttpRequest, id: int) -> HttpResponse:
    """Ends an invitation that nobody has taken up."""
    invitation = get_object_or_404(Invitation, id=id)
    withdraw(invitation, by=request.user, at=timezone.now(), source="page")
    messages.success(request, f"The link sent to {invitation.email} no longer works.")
    return redirect("invitations")


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitations", most=30)
def accept_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Where the link of an invitation leads: a user name and a password, and one is in."""
    try:
        invitation = invitation_of(secret, at=timezone.now())
        form = AcceptForm(request.POST or None, initial={"full_name": invitation.full_name})
        if request.method != "POST" or not form.is_valid():
            return render(request, "people/accept.html", {"form": form, "invitation": invitation})
        said = form.cleaned_data
        chosen = {name: said[name] for name in ("username", "full_name", "password")}
        known = take_up(invitation, **chosen, at=timezone.now())
    except InvitationOver as error:
        return render(request, "people/invitation_over.html", {"reason": error}, status=410)
    except NameTaken as error:
        form.add_error("username", str(error))
        return render(request, "people/accept.html", {"form": form, "invitation": invitation})
    return cast(HttpResponse, perform_login(request, known, redirect_url=reverse("account")))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_people")
@limited("tokens", most=30)
@confirmed()
def tokens(request: HttpRequest) -> HttpResponse:
    """Programs' tokens: all of them without their secrets, and a new one, shown once."""
    form, text = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        now, said = timezone.now(), form.cleaned_data
        asked = {"name": said["name"], "scopes": said["scopes"], "expires_at": now + form.lasts}
        _, text = issue(**asked, by=request.user, at=now, source="page")
        form = TokenForm()
    search, after = request.GET.get("q", ""), request.GET.get("after", "")
    page = list_page(known_tokens(search), search=search, after=after)
    return render(request, "people/tokens.html", {"form": form, "text": text, "page": page, "now": timezone.now()})


@require_POST
@needs("manage_people")
def revoke_token(request: HttpRequest, id: int) -> HttpResponse:
    """Ends a token at once."""
    token = get_object_or_404(ApiToken, id=id)
    revoke(token, by=request.user, at=timezone.now(), source="page")
    messages.success(request, f"{token} is dead.")
    return redirect("tokens")


def _sent(invitation: Invitation, address: str) -> bool:
    try:
        send(invitation, address)
    except (OSError, smtplib.SMTPException):
        return False
    return True


def _place(known: Any) -> dict[str, list[str]]:
    places = known.memberships.all()
    return {
        "roles": [grant.role for grant in known.roles.all()],
        "teams": [place.team_id for place in places],
        "leads": [place.team_id for place in places if place.is_lead],
    }


def _history(known: Any) -> Any:
    about = f"person {known.get_username()}"
    return TrailEntry.objects.filter(about=about).select_related("by").order_by("-id")[:HISTORY]
