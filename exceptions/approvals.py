"""Which proposals wait for a person's word: not their own, and covered by one of their roles' bands."""

from django.db.models import Q, QuerySet

from exceptions.models import Proposal
from exceptions.proposals import bands_of
from exceptions.rights import Person, may


def decidable(person: Person) -> QuerySet[Proposal]:
    """The waiting proposals that the person may decide."""
    if not may(person, "approve"):
        return Proposal.objects.none()
    return Proposal.objects.filter(_covered(person), decision=None).exclude(proposed_by=person.user.pk)


def _covered(person: Person) -> Q:
    """A band for the kind beats one for every kind, role by role."""
    bands = list(bands_of(person))
    found = Q(amount=None)
    for band in bands:
        fits = Q(currency=band.currency) if band.up_to is None else Q(currency=band.currency, amount__lte=band.up_to)
        if band.kind is not None:
            found |= fits & Q(case__kind=band.kind)
            continue
        same = [b.kind for b in bands if b.kind and (b.role, b.currency) == (band.role, band.currency)]
        found |= fits & ~Q(case__kind__in=same)
    return found
