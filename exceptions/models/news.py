"""What people are told, through which channels, and what is still to be sent."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from exceptions.models.case import ExceptionCase
from exceptions.models.checklist import ChecklistRound
from exceptions.models.team import Team
from exceptions.models.trail import TrailEntry
from reconciliation.models.fields import CodeField

SORTS = {
    "assigned": "Assigned to me",
    "approval": "My approval is asked for",
    "critical": "Critical and new in my team",
    "storm": "Many of one kind at once in my team",
    "due": "Three quarters of the time are gone",
    "breached": "Beyond its time",
    "came_back": "Came back",
    "mention": "Somebody names me in a note",
    "idle": "About to go back to the team, untouched for long",
    "missed": "My team missed a checklist",
}
AT_FIRST = frozenset(SORTS) - {"missed"}  # what people were asked about before that was written down
FLAVOURS = {"signed": "Signed webhook", "slack": "Slack", "teams": "Microsoft Teams"}
THEMES = {"auto": "as the browser has it", "light": "light", "dark": "dark"}


def every_sort() -> list[str]:
    """All sorts of news."""
    return list(SORTS)


class Preferences(models.Model):
    """What a person wants; who has no row wants the defaults. `time_zone` empty: the company's.

    `by_mail` and `by_chat`: the sorts that also go there; all of them are in the inbox. `asked`: the sorts that there
    were when the person chose; null: AT_FIRST. `digest_hour`: 0 to 23.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="preferences"
    )
    by_mail = ArrayField(CodeField(), default=every_sort, blank=True)
    by_chat = ArrayField(CodeField(), default=every_sort, blank=True)
    asked = ArrayField(CodeField(), null=True, default=every_sort, editable=False)
    digest = models.BooleanField(default=True)
    digest_hour = models.SmallIntegerField(default=8)
    time_zone = CodeField(default="", blank=True)
    shortcuts = models.BooleanField(default=True)
    theme = CodeField(default="auto")

    class Meta:
        db_table = "preferences"
        constraints = [
            models.CheckConstraint(
                condition=Q(digest_hour__gte=0, digest_hour__lte=23), name="preferences_digest_hour"
            ),
            models.CheckConstraint(condition=Q(theme__in=list(THEMES)), name="preferences_theme"),
        ]

    def wanted(self, chosen: Sequence[str]) -> set[str]:
        """The sorts of `by_mail` or `by_chat`, and every sort that there was not yet when the person chose."""
        return {*chosen, *(SORTS.keys() - set(AT_FIRST if self.asked is None else self.asked))}


class Notification(models.Model):
    """One thing that one person is told, in their inbox.

    `entry`: what happened; null where time alone did. `round`: the checklist that was missed, which has no case.
    Where many alike came at once, `case` is null and `count` says how many of `kind` in `team` it speaks for; of a
    storm, `case` is its head.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    sort = CodeField()
    case = models.ForeignKey(ExceptionCase, on_delete=models.CASCADE, null=True, related_name="notifications")
    entry = models.ForeignKey(TrailEntry, on_delete=models.PROTECT, null=True, related_name="+")
    round = models.ForeignKey(ChecklistRound, on_delete=models.CASCADE, null=True, related_name="+")
    kind = CodeField()
    team = CodeField()
    count = models.IntegerField(default=1, db_default=1)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notification"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "sort", "entry"], name="notification_once"),
            models.UniqueConstraint(
                fields=["person", "case"], condition=Q(sort="storm"), name="notification_storm_once"
            ),
            models.CheckConstraint(condition=Q(sort__in=list(SORTS)), name="notification_sort"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_inbox"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notification_unread"),
        ]


class ToldEntry(models.Model):
    """An entry of the trail that was looked at for news; kept as long as an entry can be news at all."""

    entry = models.BigIntegerField(primary_key=True)
    told_at = models.DateTimeField()

    class Meta:
        db_table = "told_entry"
        indexes = [models.Index(fields=["told_at"], name="told_entry_at")]


class Digest(models.Model):
    """What happened in `[since, until)`, told to a person on `day` of theirs; `lines` 0: nothing was."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    lines = models.IntegerField(default=0)

    class Meta:
        db_table = "digest"
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="digest_once")]


class Outgoing(models.Model):
    """An address outside that is told news: signed for programs, or a channel of Slack or Teams.

    `person`: their own channel; else of `team`, null being all teams. The address is a secret as much as the key that
    signs; `shown` is its host alone. `failures` counts attempts in a row.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    flavour = CodeField(choices=list(FLAVOURS.items()))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="outgoing"
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="outgoing")
    sorts = ArrayField(CodeField(), default=every_sort)
    shown = models.TextField()
    sealed_address = models.TextField()
    sealed_key = models.TextField(default="", blank=True)
    failures = models.IntegerField(default=0)
    disabled_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "outgoing"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(flavour__in=list(FLAVOURS)), name="outgoing_flavour"),
            models.CheckConstraint(condition=Q(person=None) | Q(team=None), name="outgoing_whose"),
            models.UniqueConstraint(fields=["person"], name="outgoing_one_a_person"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Message(models.Model):
    """What is to be sent, once: a letter to `person`, or a request to `outgoing`. `key` makes it one of its kind.

    `content` of a letter and of a chat: `title` and `parts` [{`heading`, `lines` [{`text`, `address`}]}]; of a signed
    webhook its body. `status`, `answer`: what the other side said last.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="messages")
    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, null=True, related_name="messages")
    key = CodeField(unique=True)
    folds = models.BooleanField(default=False)
    content = models.JSONField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    answer = models.TextField(default="", blank=True)

    class Meta:
        db_table = "message"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, outgoing__isnull=False) | Q(person__isnull=False, outgoing=None),
                name="message_to_one",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, given_up_at=None), name="message_waiting"),
            models.Index(fields=["outgoing", "-id"], name="message_log"),
        ]
