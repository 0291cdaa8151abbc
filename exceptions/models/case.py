"""The case that people work on."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from reconciliation.declarations import kind_title
from reconciliation.models.fields import CodeField, ExactField

OPEN = ("new", "in_progress", "waiting", "snoozed", "pending_approval", "fix_applied")
CLOSED = ("resolved", "accepted", "dismissed", "merged")
SEVERITIES = ("low", "medium", "high", "critical")
# what the queue is sorted by
DUE = Coalesce("due_at", "first_seen")
AT_RISK = Coalesce("amount", models.Value(Decimal(-1)), output_field=models.DecimalField())
SEVERITY = models.Case(
    *(models.When(severity=word, then=models.Value(rank)) for rank, word in enumerate(SEVERITIES)),
    output_field=models.IntegerField(),
)
# nobody has done anything about it yet, and nobody was told of that
UNCLAIMED = models.Q(state="new", touched_at__isnull=True, claim_missed_at__isnull=True)


class ExceptionCase(models.Model):
    """One disagreement that somebody owns, known for life by its kind and subject (workflow in exceptions/intake.py).

    `amount` in `currency`; both null where nothing is known to be at risk or several currencies meet. `version`
    grows with every change of state, so that a person only moves what they saw. `first_seen`, `last_seen` are moments
    of runs; `touched_at` when its owner last did anything, or it came back to them. `until`: the date of waiting or
    snoozing. `warn_at`: 75 % of the time to `due_at`; `claim_missed_at`: nobody had taken it by `claim_due_at`;
    `paused_at`: the clock stands since. `placed_by_person`: rules leave owner and team alone.
    `error`: what an integration, a portal or the intake complained of, numbers folded (sql/functions/case_error.sql).
    `healed_at`: a dismissed or accepted case whose subject agreed meanwhile. `frozen_in`: the closed month whose
    statement it stands in; a case that `continues` it is the only second one of a subject.
    """

    id = models.BigAutoField(primary_key=True)
    kind = CodeField()
    subject = CodeField()
    state = CodeField(default="new")
    version = models.BigIntegerField(default=1)
    severity = CodeField()
    team = CodeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases", db_index=False
    )
    title = models.TextField()
    flow = CodeField(null=True)
    systems = ArrayField(CodeField(), default=list)
    refs = models.JSONField(default=dict)
    amount = ExactField(null=True)
    currency = CodeField(null=True)
    customer = CodeField(null=True)
    sku = CodeField(null=True)
    evidence = models.JSONField(default=list)
    suggestions = models.JSONField(default=list)
    error = models.GeneratedField(
        expression=models.Func("evidence", function="case_error"),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    group_key = models.UUIDField(null=True)
    record = models.UUIDField(null=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    occurrences = models.BigIntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    claim_due_at = models.DateTimeField(null=True)
    claim_missed_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    escalated = models.SmallIntegerField(default=0, db_default=0)
    placed_by_person = models.BooleanField(default=False, db_default=False)
    previous_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    touched_at = models.DateTimeField(null=True)
    waiting_for = models.TextField(default="", db_default="", blank=True)
    until = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    parameters = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    regressed = models.BooleanField(default=False)
    resolution = CodeField(null=True)
    resolved_by = CodeField(null=True)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded", db_index=False
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged", db_index=False)
    storm = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="folded", db_index=False)
    frozen_in = CodeField(null=True)
    continues = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="continued_by", db_index=False
    )
    accepted_amount = ExactField(null=True)
    healed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "exception_case"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=models.Q(frozen_in__isnull=True), name="exception_case_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN, closed_at__isnull=True)
                | models.Q(state__in=CLOSED, closed_at__isnull=False),
                name="exception_case_closed_at",
            ),
            models.CheckConstraint(condition=models.Q(severity__in=SEVERITIES), name="exception_case_severity"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["waiting", "snoozed"]) | models.Q(until__isnull=False),
                name="exception_case_until",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="merged") | models.Q(merged_into__isnull=False),
                name="exception_case_merged_into",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "team", "-id"], name="exception_case_queue"),
            models.Index(
                fields=["kind", "subject"], name="exception_case_frozen", condition=models.Q(frozen_in__isnull=False)
            ),
            models.Index(fields=["group_key"], name="exception_case_group"),
            models.Index(fields=["owner", "state"], name="exception_case_owner"),
            # few cases have these, and every index is one more to keep with every case of a storm
            *(
                models.Index(
                    fields=[name], name=f"exception_case_{short}", condition=models.Q(**{f"{name}__isnull": False})
                )
                for name, short in (
                    ("previous_owner", "previous"),
                    ("superseded_by", "superseded"),
                    ("merged_into", "merged"),
                    ("storm", "storm"),
                    ("continues", "continues"),
                )
            ),
            models.Index(fields=["customer"], name="exception_case_customer"),
            models.Index(fields=["sku"], name="exception_case_sku"),
            models.Index(fields=["error"], name="exception_case_error", condition=models.Q(error__isnull=False)),
            models.Index(fields=["until"], name="exception_case_until_at", condition=models.Q(until__isnull=False)),
            # the queue in each of its orders (exceptions/queue/order.py), from wherever a page begins
            models.Index(
                DUE, AT_RISK.desc(), "id", name="exception_case_by_time_left", condition=models.Q(state__in=OPEN)
            ),
            models.Index(
                DUE, AT_RISK.desc(), "id", name="exception_case_closed_by_time", condition=models.Q(state__in=CLOSED)
            ),
            models.Index(
                AT_RISK.desc(),
                models.F("id").desc(),
                name="exception_case_by_amount",
                condition=models.Q(state__in=OPEN),
            ),
            models.Index(
                SEVERITY.desc(),
                models.F("id").desc(),
                name="exception_case_by_severity",
                condition=models.Q(state__in=OPEN),
            ),
            models.Index(
                AT_RISK.desc(),
                models.F("id").desc(),
                name="exception_case_closed_amount",
                condition=models.Q(state__in=CLOSED),
            ),
            models.Index(
                SEVERITY.desc(),
                models.F("id").desc(),
                name="exception_case_closed_severity",
                condition=models.Q(state__in=CLOSED),
            ),
            models.Index(
                DUE,
                AT_RISK.desc(),
                "id",
                name="exception_case_critical_first",
                condition=models.Q(severity="critical", closed_at__isnull=True),
            ),
            models.Index(
                fields=["id"],
                name="exception_case_came_back",
                condition=models.Q(regressed=True, closed_at__isnull=True),
            ),
            models.Index(fields=["warn_at"], name="exception_case_warn", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["claim_due_at"], name="exception_case_unclaimed", condition=UNCLAIMED),
            models.Index(
                fields=["-closed_at"], name="exception_case_closed", condition=models.Q(closed_at__isnull=False)
            ),
            # what is open, counted and summed by what the queue is narrowed by, without a look at the cases
            models.Index(
                fields=["kind", "state"],
                include=("severity", "team", "owner", "systems", "currency", "amount", "first_seen", "due_at"),
                name="exception_case_open",
                condition=models.Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"E-{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.state in OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether it is open beyond its time."""
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    @property
    def kind_title(self) -> str:
        """The kind in words; its key where the kind is no longer declared."""
        return kind_title(self.kind)

    def get_state(self) -> str:
        """The state in words."""
        return str(self.state).replace("_", " ")
