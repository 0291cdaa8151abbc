"""For the templates of checklists: where an item leads, who may answer, and how the answer reads."""

from django import template

from exceptions.checklists.rounds import address, may_answer
from exceptions.models import ANSWERS, ITEM_SORTS, ChecklistRound, RoundItem
from exceptions.rights import Person

register = template.Library()


@register.simple_tag
def item_address(item: RoundItem, turn: ChecklistRound) -> str:
    """Where an item is worked or seen."""
    return address(item, turn)


@register.filter
def answerable_by(turn: ChecklistRound, person: Person) -> bool:
    """Whether this person answers and signs the round."""
    return turn.done_at is None and may_answer(person, turn)


@register.filter
def sort_words(sort: str) -> str:
    """The sort of an item in words."""
    return ITEM_SORTS.get(sort, sort)


@register.filter
def answer_words(answer: str | None) -> str:
    """An answer in words."""
    return ANSWERS.get(answer or "", "not answered yet")
