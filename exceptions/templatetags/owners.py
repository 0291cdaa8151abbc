"""For the templates of the queue: whether this person may change the owner of a case, and how."""

from django import template

from exceptions.models import ExceptionCase
from exceptions.owner_choice import may_change_owner, may_take
from exceptions.rights import Person

register = template.Library()


@register.filter
def takeable_by(case: ExceptionCase, person: Person) -> bool:
    """Whether the person may make the case theirs."""
    return may_take(case, person)


@register.filter
def owner_open_to(case: ExceptionCase, person: Person) -> bool:
    """Whether the person may choose another owner."""
    return may_change_owner(case, person)
