"""Every page and form, asked for what nobody should ask: whatever the address says, none of them fails."""

import io
import re
from itertools import cycle, islice
from urllib.parse import quote

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.models import ExceptionCase
from exceptions.queue.grammar import MOST_WORDS, NAMES, terms_of
from exceptions.reconciling import reconcile
from exceptions.urls import urlpatterns
from reconciliation.intake import take_in
from reconciliation.topology import load
from tests.connectors.vendors import undone
from tests.exceptions.people import NOW, bands, someone
from tests.hostile.values import bounded, texts
from tests.journeys.places import places

pytestmark = pytest.mark.django_db
PARAMETERS = (
    *("q", "page", "after", "before", "view", "group", "order", "sort", "id", "sku", "customer", "by", "about", "type"),
    *("error", "month", "currency", "from", "to", "since", "until", "system", "flow", "kind", "state", "team", "owner"),
    *("of", "days", "limit", "cursor", "name", "version", "compare", "next", "range", "scope", "per", "run", "at"),
)
HARDEST = (
    "\0",
    "9" * 5_000,
    "9999-12-31",
    "-1",
    "²",
    "NaN",
    "1e999999999",
    "\u202e%s'\"<",
    "[" * 5_000,
    "9223372036854775808",
)
queries = st.dictionaries(st.sampled_from(PARAMETERS), texts, max_size=12)
words = st.lists(
    texts | st.builds("{}:{}{}".format, st.sampled_from(sorted(NAMES)), st.sampled_from(("", *"<>=\"'")), texts)
)


@pytest.fixture
def ida(client):
    """Somebody who may open everything, in a brand with few orders."""
    bands()
    made = sample_brand(timezone.now(), orders=60, times=1)
    load(made.topology, dry_run=False)
    take_in(read_lines(io.BytesIO("\n".join(made.lines).encode())), source="brand", clock=timezone.now)
    reconcile(as_of=timezone.now(), now=timezone.now())
    ida = someone("ida", "admin", "finance_controller", "agent", team="finance")
    client.force_login(ida.user)
    return ida


@bounded
@given(said=words.map(" ".join))
def test_a_search_of_any_words_finds_or_says_what_it_passed_over(client, said):
    with undone():
        tom = someone("tom", "agent", team="finance")
        for term in terms_of(said, tom, at=NOW):
            list(ExceptionCase.objects.filter(term.condition)[:1])
        client.force_login(tom.user)
        assert client.get("/queue", {"q": said}).status_code == 200


def test_a_search_of_words_without_end_is_cut_and_says_so(client, ida):
    endless = "owner:me " + "kind:x amount:>1 words " * 200_000
    terms = terms_of(endless, None, at=NOW)
    assert len(terms) == MOST_WORDS + 1
    assert "first 40 words" in terms[-1].problem
    client.force_login(someone("tom", "agent", team="finance").user)
    said = {"move": "claim", "all": "1", "confirmed": "1", "seen": "1", "address": f"q={endless}"}
    assert client.post("/exceptions/bulk", said).status_code < 500
    assert client.get("/settings/people", {"q": "a " * 2_000}).status_code in (200, 403)
    assert "Only the first 40 words" in client.get("/queue", {"q": "a " * 50}).content.decode()


@pytest.mark.parametrize("at_once", [3, pytest.param(len(HARDEST), marks=pytest.mark.slow)])
def test_every_page_answers_whatever_all_its_parameters_say(client, ida, at_once):
    """Each page hears some of the texts, the next page those that follow."""
    client.raise_request_exception, broken, hardest = False, [], cycle(HARDEST)
    for place in places():
        for text in islice(hardest, at_once):
            with undone():
                answer = client.get(place.address, dict.fromkeys(PARAMETERS, text))
            if answer.status_code >= 500:
                broken.append((place.name, text[:20]))
    assert broken == []


def test_any_page_answers_any_parameters(client, ida):
    found = places()

    @bounded
    @given(asked=st.lists(st.tuples(st.sampled_from(found), queries), min_size=5, max_size=5))
    def answers(asked):
        for place, said in asked:
            unbroken(client.get(place.address, said), place, said)

    answers()


@bounded
@given(name=st.sampled_from(sorted(str(one.pattern) for one in urlpatterns)), parts=st.lists(texts, min_size=4))
def test_any_address_answers(client, name, parts):
    """Addresses whose parts are any text, an address at a time."""
    with undone():
        client.force_login(someone("ida", "admin", "finance_controller", "agent", team="finance").user)
        filled = iter(parts)
        address = re.sub("<[^>]+>", lambda part: quote(next(filled)[:2_000], safe=""), name)
        unbroken(client.get(f"/{address}"), address)


def unbroken(answer, *about):
    assert answer.status_code < 500, about
