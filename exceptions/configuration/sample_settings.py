"""What the admin of the sample brand has settled beyond the defaults: rules, terms, holidays, what is left out."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User

from exceptions.models import (
    Calendar,
    Company,
    Holiday,
    OwnershipRule,
    SeverityThreshold,
    SlaPolicy,
    Suppression,
)

HOLIDAYS = [
    (date(2026, 12, 25), "Christmas Day"),
    (date(2026, 12, 28), "Boxing Day, moved"),
    (date(2027, 1, 1), "New Year"),
]


def settle(admin: User, *, at: datetime) -> None:
    """Makes the settings of the sample brand; what is there already stays as it is."""
    Company.objects.update_or_create(id=1, defaults={"name": "Harbour & Pine", "time_zone": "Europe/London"})
    threshold = {"amount_from": Decimal(5000)}
    SeverityThreshold.objects.get_or_create(kind=None, currency="GBP", severity="critical", defaults=threshold)
    SlaPolicy.objects.get_or_create(kind=None, severity="critical", defaults={"claim_hours": 1, "resolve_hours": 8})
    office, _ = Calendar.objects.get_or_create(key="office", defaults={"name": "Office hours"})
    for day, name in HOLIDAYS:
        Holiday.objects.get_or_create(calendar=office, day=day, defaults={"name": name})
    _rules(at)
    Suppression.objects.get_or_create(
        kind="stale_stock",
        sku="GIFT-CARD",
        defaults={"reason": "Gift cards are not counted.", "ends_at": at + timedelta(days=60), "made_by": admin},
    )


def _rules(at: datetime) -> None:
    OwnershipRule.objects.get_or_create(
        name="Large amounts to finance",
        defaults={"position": 1, "amount_from": Decimal(5000), "currency": "GBP", "team_id": "finance"},
    )
    season = {"ledger": "returns", "system": "rebound", "team_id": "cx", "ends_at": at + timedelta(days=10)}
    OwnershipRule.objects.get_or_create(name="Portal returns in peak season", defaults={"position": 2} | season)
