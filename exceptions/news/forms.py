"""The forms about news: one's own wishes, and the channels of teams and programs."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from exceptions.models import FLAVOURS, SORTS, THEMES, Outgoing, Preferences, Team
from exceptions.news.words import SORTED

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class PreferencesForm(forms.ModelForm[Preferences]):
    """What reaches a person where; the inbox has everything."""

    by_mail = forms.MultipleChoiceField(
        choices=list(SORTS.items()), widget=forms.CheckboxSelectMultiple, required=False, label="Also by e-mail"
    )
    by_chat = forms.MultipleChoiceField(
        choices=list(SORTS.items()), widget=forms.CheckboxSelectMultiple, required=False, label="Also to my own channel"
    )
    digest_hour = forms.TypedChoiceField(choices=HOURS, coerce=int, label="At")
    time_zone = forms.ChoiceField(required=False, label="In the time zone")
    theme = forms.ChoiceField(choices=list(THEMES.items()), label="Colours")

    class Meta:
        model = Preferences
        fields = ("by_mail", "digest", "digest_hour", "time_zone", "theme", "shortcuts", "by_chat")
        labels = {
            "digest": "A digest by e-mail every day, unless there is nothing to tell",
            "shortcuts": "Keyboard shortcuts",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("by_mail", "by_chat"):
            self.initial[name] = sorted(self.instance.wanted(self.initial[name]))
        zones = [("", "the company's"), *((zone, zone) for zone in sorted(available_timezones()))]
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> Preferences:
        self.instance.asked = list(SORTS)
        return super().save(commit)

    @property
    def table(self) -> list[tuple[str, str, list[tuple[str, bool]]]]:
        """For each sort its key, its words, and the boxes as (name, ticked)."""
        ticked = {name: set(self[name].value() or ()) for name in ("by_mail", "by_chat")}
        return [(sort, words, [(name, sort in ticked[name]) for name in ticked]) for sort, words in SORTS.items()]

    @property
    def rest(self) -> list[forms.BoundField]:
        """The fields beside the table."""
        return [self[name] for name in ("digest", "digest_hour", "time_zone", "theme", "shortcuts")]


class ChannelForm(forms.Form):
    """Where news go: the address is asked for again and never shown."""

    flavour = forms.ChoiceField(choices=list(FLAVOURS.items()), label="Sort")
    address = forms.CharField(
        label="Address",
        max_length=2_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Begins with https://. Whoever has it can write there: it is kept sealed and not shown again.",
    )


class TeamChannelForm(ChannelForm):
    """A channel of a team, or a program that hears of everything."""

    name = forms.CharField(label="Name", max_length=100)
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="all teams", label="News of")
    sorts = forms.MultipleChoiceField(
        choices=[(sort, words.capitalize()) for sort, words in SORTED.items()],
        widget=forms.CheckboxSelectMultiple,
        label="Which",
        initial=list(SORTED),
    )
    field_order = ("name", "flavour", "address", "team", "sorts")

    def clean_name(self) -> str:
        """A name is one channel's."""
        name: str = self.cleaned_data["name"]
        if Outgoing.objects.filter(name__iexact=name, person=None).exists():
            raise forms.ValidationError("There is a channel of this name already.")
        return name


class OwnChannelForm(ChannelForm):
    """A person's own channel."""

    flavour = forms.ChoiceField(choices=[(key, FLAVOURS[key]) for key in ("slack", "teams")], label="Sort")
