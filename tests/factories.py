"""People for tests; every password is PASSWORD."""

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from exceptions.models import Membership, RoleGrant, Team

PASSWORD = "harbour-and-pine"


class PersonFactory(factory.django.DjangoModelFactory):
    """A user with `roles`, a member of `teams`, and lead of those in `leads`; without any an outsider."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person-{number}")
    email = factory.LazyAttribute(lambda person: f"{person.username}@example.com")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))

    @factory.post_generation
    def address(self, create, given):
        EmailAddress.objects.create(user=self, email=self.email, primary=True, verified=True)

    @factory.post_generation
    def roles(self, create, given):
        RoleGrant.objects.bulk_create(RoleGrant(person=self, role=role) for role in given or ())

    @factory.post_generation
    def teams(self, create, given):
        join(self, given or (), is_lead=False)

    @factory.post_generation
    def leads(self, create, given):
        join(self, given or (), is_lead=True)


def join(person, teams, *, is_lead):
    """Puts the person into the teams, which are made where they lack."""
    for key in teams:
        team, _ = Team.objects.get_or_create(key=key, defaults={"name": key})
        Membership.objects.update_or_create(team=team, person=person, defaults={"is_lead": is_lead})
