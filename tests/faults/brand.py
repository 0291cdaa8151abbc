"""What the product knows before the first fault: the topology, and a person with a token for everything."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from connectors.sample_brand.brand import sample_topology
from exceptions.models import SCOPES, Membership, RoleGrant, Team
from exceptions.people.tokens import create_token
from reconciliation.declarations import checks
from reconciliation.topology import load


def prepare():
    """The text of the token."""
    load(sample_topology())
    person = User.objects.create_user("amira")
    RoleGrant.objects.bulk_create([RoleGrant(person=person, role=role) for role in ("agent", "lead")])
    for key in sorted({check.team for check in checks().values()}):
        team = Team.objects.get_or_create(key=key, defaults={"name": key})[0]
        Membership.objects.create(team=team, person=person, is_lead=True)
    until = timezone.now() + timedelta(days=1)
    return create_token(name="faults", scopes=list(SCOPES), expires_at=until, by=person)[1]
