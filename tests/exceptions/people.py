"""People of a small company, and cases for them to work on."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model

from exceptions.models import AcceptanceLimit, ApprovalBand, Calendar, ExceptionCase, Membership, RoleGrant, Team
from exceptions.rights import person_of

NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)


def someone(name, *roles, team=None, lead=False):
    """A person with these roles, in a team."""
    user = get_user_model().objects.create_user(name, first_name=name.title(), password="harbour-and-pine")
    RoleGrant.objects.bulk_create([RoleGrant(person=user, role=role) for role in roles])
    if team:
        Membership.objects.create(team=teams()[team], person=user, is_lead=lead)
    return person_of(user)


def teams():
    """The four teams of every installation."""
    office, _ = Calendar.objects.get_or_create(key="office", defaults={"name": "Office hours"})
    for key in ("finance", "cx", "ops", "admin"):
        Team.objects.get_or_create(key=key, defaults={"name": key.title(), "calendar": office})
    return {team.key: team for team in Team.objects.all()}


def bands(up_to="5000", per_exception="25", per_month="60", currency="GBP"):
    """How much approvers may approve, and everybody accept alone."""
    for role, amount in (("approver", up_to), ("finance_controller", None)):
        ApprovalBand.objects.update_or_create(role=role, currency=currency, kind=None, defaults={"up_to": amount})
    limits = {"per_exception": per_exception, "per_month": per_month}
    AcceptanceLimit.objects.update_or_create(currency=currency, person=None, defaults=limits)


def case(subject="order:shop:1", **fields):
    """An open case, due within the hour."""
    base = {
        "kind": "credit_value_mismatch",
        "subject": subject,
        "severity": "high",
        "team": "finance",
        "title": f"About {subject}",
        "first_seen": NOW,
        "last_seen": NOW,
        "due_at": NOW + timedelta(hours=1),
    }
    return ExceptionCase.objects.create(**base | fields)
