"""The forms about people and tokens; errors stand at their field."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator

from exceptions.models import ROLES, SCOPES, Team
from exceptions.people.invitations import Place
from exceptions.rights import BARRED, RIGHTS, WORDS


def _in_words(role: str) -> str:
    """A role with what it lets do, and what it bars."""
    deeds = ", ".join(WORDS[right] for right in RIGHTS if role in RIGHTS[right])
    barred = ", ".join(f"may not {WORDS[right]}" for right in BARRED if role in BARRED[right])
    return f"{role.replace('_', ' ')}: may {deeds}" + (f"; {barred}, whatever other roles there are" if barred else "")


ROLE_CHOICES = [(role, _in_words(role)) for role in ROLES]
SCOPE_CHOICES = {
    "ingest": "ingest: sends records and outcomes",
    "read": "read: reads exceptions",
    "act": "act: moves exceptions",
    "measure": "measure: reads the measures for Prometheus",
}
LASTING = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}


class PlaceForm(forms.Form):
    """Roles and teams of a person."""

    roles = forms.MultipleChoiceField(choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple, label="Roles")
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), widget=forms.CheckboxSelectMultiple, required=False, label="Member of"
    )
    leads = forms.ModelMultipleChoiceField(
        Team.objects.all(), widget=forms.CheckboxSelectMultiple, required=False, label="Leads"
    )

    def clean(self) -> dict[str, Any]:
        """Leading a team takes the role of a lead."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("leads") and "lead" not in said.get("roles", []):
            self.add_error("leads", "To lead a team takes the role lead.")
        return said

    @property
    def place(self) -> Place:
        """What was chosen."""
        said = self.cleaned_data
        return Place(tuple(said["roles"]), _keys(said["teams"]), _keys(said["leads"]))


class InvitationForm(PlaceForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="E-mail")
    full_name = forms.CharField(label="Name", max_length=200, required=False)
    field_order = ("email", "full_name", "roles", "teams", "leads")


class RolesForm(PlaceForm):
    """What a person is; without a role they see nothing."""

    roles = forms.MultipleChoiceField(
        choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple, required=False, label="Roles"
    )


class AcceptForm(forms.Form):
    """How somebody who was invited will sign in."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    full_name = forms.CharField(label="Your name", max_length=200)
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )
    again = forms.CharField(
        label="Password again", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_username(self) -> str:
        """Nobody has the name yet, in whichever case."""
        username: str = self.cleaned_data["username"]
        if get_user_model().objects.filter(username__iexact=username).exists():
            raise forms.ValidationError("Somebody has this user name already.")
        return username

    def clean_password(self) -> str:
        """Neither short, common, nor like the person's own name."""
        password: str = self.cleaned_data["password"]
        first, _, last = self.cleaned_data.get("full_name", "").partition(" ")
        person = get_user_model()(username=self.cleaned_data.get("username", ""), first_name=first, last_name=last)
        validate_password(password, person)
        return password

    def clean(self) -> dict[str, Any]:
        """The password was typed twice alike."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("password") and said["password"] != said.get("again"):
            self.add_error("again", "The two passwords differ.")
        return said


class DeactivateForm(forms.Form):
    """To whom the open cases of somebody who leaves go."""

    hand_to = forms.ModelChoiceField(
        get_user_model().objects.none(),
        required=False,
        label="Hand open exceptions to",
        empty_label="the queues of their teams",
        help_text="Those of teams that this person is not in go back to the team's queue all the same.",
    )

    def __init__(self, *args: Any, leaving: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workers = [role for role in ROLES if role in RIGHTS["work"]]
        stay = get_user_model().objects.filter(is_active=True, roles__role__in=workers).exclude(pk=leaving.pk)
        self.fields["hand_to"].queryset = stay.distinct().order_by("username")  # type: ignore[attr-defined]


class LostStepForm(forms.Form):
    """How an admin knows that it is really they who ask to have their second step taken away."""

    known_by = forms.CharField(
        label="How you made sure that it is they who ask",
        min_length=10,
        max_length=300,
        help_text="In person, say, or called back on a number known before; not by letter. It stands in the trail.",
    )


class TokenForm(forms.Form):
    """A new token for a program."""

    name = forms.CharField(label="Name", max_length=100, help_text="Which program uses it; it stands in the trail.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope, SCOPE_CHOICES[scope]) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        label="What it may",
    )
    days = forms.ChoiceField(choices=list(LASTING.items()), initial="90", label="Valid for")

    @property
    def lasts(self) -> timedelta:
        """For how long the token is valid."""
        return timedelta(days=int(self.cleaned_data["days"]))


def _keys(teams: Any) -> tuple[str, ...]:
    return tuple(team.key for team in teams)
