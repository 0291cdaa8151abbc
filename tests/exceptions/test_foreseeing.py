"""What a change of our own data is said to do is what the next run does: it closes, changes and opens just that."""

import os
from datetime import timedelta
from functools import partial
from random import Random

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sample_brand.trouble import TROUBLES
from exceptions import own_data
from exceptions.models import OPEN, ExceptionCase, OwnChange, Suppression
from exceptions.previews.changes import NEWS, foresee, foresee_words
from exceptions.reconciling import reconcile
from exceptions.resolutions import resolutions_of
from reconciliation.groups import REGROUPING
from reconciliation.models import (
    Configuration,
    Finding,
    Flow,
    LedgerEntry,
    Member,
    OrderContent,
    PackSize,
    ReturnLine,
    Run,
    StatusMapping,
    Touched,
    UnmappedWord,
)
from reconciliation.runner import RUNNING
from reconciliation.topology import save_words, stored_words
from reconciliation.topology_rows import STATUS_WORDS
from tests.checks.conftest import NOON, brand  # noqa: F401
from tests.checks.histories import GOODS, STEPS, begin, live, story
from tests.exceptions.people import case as made_case
from tests.exceptions.people import someone
from tests.factories import PersonFactory

HISTORIES = int(os.environ.get("RANDOM_HISTORIES", "4"))
TELLING = [one for one in TROUBLES if any(of.key in NEWS for of in resolutions_of(one.kind))]
STEP = st.sampled_from([partial(story, trouble=one) for one in TELLING]) | st.sampled_from(STEPS)


def queue():
    """What is open: its money by kind and subject."""
    open_now = ExceptionCase.objects.filter(state__in=OPEN, frozen_in=None)
    return {(kind, subject): money for kind, subject, *money in open_now.values_list(*COLUMNS)}


COLUMNS = ("kind", "subject", "amount", "currency")


def changes_of(case, dice):
    """The changes of our own data that this exception may be resolved by, with parameters that make sense."""
    for resolution in resolutions_of(case.kind):
        if resolution.key == "map_sku" and case.sku:
            at = {"system": dice.choice(case.systems or ["warehouse"]), "sku": case.sku}
            goods = dice.choice([item.sku for item in GOODS if item.sku != case.sku])
            yield resolution.key, at | dice.choice([{"canonical": goods}, {"pack_size": "3"}])
        elif resolution.key == "map_code":
            word = own_data.word_of(case)
            words = STATUS_WORDS[word.of].split() if word.table == "statuses" else ["damaged", "defect"]
            yield resolution.key, {"canonical": dice.choice(words)}
        elif resolution.key == "link_order" and case.record:
            orders = LedgerEntry.objects.filter(type="order", until=None).exclude(content=None).order_by("record")
            system, id = dice.choice(list(orders.values_list("system", "id")))
            yield resolution.key, {"order": f"order:{system}:{id}"}


def merge_some(dice):
    """Merges some of what is open into another, which then speaks for both, and now and then that into a third."""
    for _ in range(dice.choice((0, 1, 3))):
        pair = dice.sample(list(ExceptionCase.objects.filter(state__in=OPEN).order_by("kind", "subject")), 2)
        pair[0].state, pair[0].merged_into, pair[0].closed_at = "merged", pair[1], timezone.now()
        pair[0].save()


def foretell_and_compare(history, dice, person):
    """How many changes were compared with the run after them."""
    world, compared = live(history), 0
    world.run()
    if ExceptionCase.objects.filter(state__in=OPEN).count() > 4:
        merge_some(dice)
    cases = ExceptionCase.objects.filter(state__in=OPEN).order_by("kind", "subject")
    chosen = [(case, *change) for case in cases for change in changes_of(case, dice)]
    for case, resolution, parameters in dice.sample(chosen, min(3, len(chosen))):
        before = queue()
        if (case.kind, case.subject) not in before:
            continue
        foreseen = foresee(resolution, case, parameters, by=person, at=world.now)
        assert queue() == before, "it is only foreseen"
        own_data.make(resolution, case, parameters, by=person, at=world.now)
        compare(world, foreseen, before, (case.kind, resolution, parameters))
        compared += 1
    return compared


def compare(world, foreseen, before, told):
    """What was foreseen with what the next run does."""
    world.run()
    after = queue()
    assert {(one.kind, one.case.subject) for one in foreseen.closes} == before.keys() - after.keys(), told
    opened = sorted((one.kind, one.title) for one in foreseen.opens)
    fresh = ExceptionCase.objects.filter(state__in=OPEN, frozen_in=None)
    fresh = [one for one in fresh if (one.kind, one.subject) not in before]
    assert opened == sorted((one.kind, one.title) for one in fresh), told
    moved = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    assert {(one.kind, one.case.subject) for one in foreseen.changes} == moved, told
    assert all([*one.after] == after[one.kind, one.case.subject] for one in foreseen.changes), told


def words_to_map(dice):
    """One mapping of each table that makes sense of what the systems say: a word as it came, and another meaning."""
    orders = LedgerEntry.objects.filter(type="order", until=None).exclude(content=None)
    of_order = dict(orders.values_list("content", "system"))
    raws = OrderContent.objects.filter(content__in=of_order).order_by("record")
    for content, status, customer in dice.sample(list(raws.values_list("content", "status", "customer_key")), 2):
        yield (
            "statuses",
            (of_order[content], "order", status.lower()),
            status,
            dice.choice(STATUS_WORDS["order"].split()),
        )
        yield "customers", (of_order[content], "", customer or "C-1"), customer or "C-1", dice.choice(["C-2", "C-7"])
    returns = dict(LedgerEntry.objects.filter(type="return", until=None).values_list("content", "system"))
    reasons = ReturnLine.objects.filter(content__in=returns).exclude(reason_code=None).order_by("record")
    for content, reason in list(reasons.values_list("content", "reason_code"))[:2]:
        yield "reason_codes", (returns[content], "", reason), reason, dice.choice(["damaged", "defect"])
    item = dice.choice(GOODS).sku
    yield "skus", ("warehouse", "", item), item, dice.choice([one.sku for one in GOODS if one.sku != item])


def foretell_words_and_compare(history, dice):
    world, compared = live(history), 0
    world.run()
    for table, place, raw, canonical in words_to_map(dice):
        before, words = queue(), {place: {"raw": raw, "canonical": canonical}}
        foreseen = foresee_words(table, words, at=world.now)
        assert queue() == before, "it is only foreseen"
        save_words(table, words)
        compare(world, foreseen, before, (table, words))
        compared += 1
    return compared


@pytest.fixture
def packed(brand):  # noqa: F811
    """Three orders that the warehouse calls PACKED, a word that nobody has mapped."""
    for n in (1, 2, 3):
        brand.everywhere(n)
        brand.order(n, system="warehouse", status="PACKED", said=1)
    reconcile(as_of=NOON + timedelta(days=3), now=timezone.now())
    return ExceptionCase.objects.get(kind="unmapped_status")


def foreseen_of(packed, person, canonical="released", **how):
    return foresee("map_code", packed, {"canonical": canonical}, by=person, at=timezone.now(), **how)


def stored():
    tables = (StatusMapping, Configuration, Touched, OwnChange, Finding, Member, UnmappedWord)
    return [sorted(map(str, table.objects.values_list())) for table in tables]


@pytest.mark.django_db
def test_the_checks_are_run_with_the_word_and_nothing_is_kept(packed):
    before = stored()
    found = foreseen_of(packed, PersonFactory())
    assert [one.case for one in found.closes if one.kind == "unmapped_status"] == [packed]
    assert (found.examined, found.touched, found.is_whole) == (3, 3, True)
    assert stored() == before


@pytest.mark.django_db
def test_what_would_be_new_is_told_too(packed):
    found = foreseen_of(packed, PersonFactory(), canonical="cancelled")
    assert {one.kind for one in found.opens} == {"status_drift"}
    assert all(one.case is None and "cancelled" in one.title for one in found.opens)


@pytest.mark.django_db
def test_what_speaks_for_a_merged_one_closes_only_with_it(packed):
    begun = timezone.now()
    other = made_case("order:shop:other", kind="unmapped_status", title="Another word")
    merged = {"state": "merged", "closed_at": begun}
    ExceptionCase.objects.filter(pk=packed.pk).update(merged_into=other, **merged)
    found = foreseen_of(packed, PersonFactory())
    assert other in [one.case for one in found.closes], "nothing is left that it speaks for"
    ExceptionCase.objects.filter(pk=packed.pk).update(merged_into=None, state="new", closed_at=None)
    stays = made_case("order:shop:stays", kind="missing_po", title="No PO", merged_into=packed, **merged)
    Finding.objects.create(
        kind=stays.kind, subject=stays.subject, state="raised", space="rest", shard="x", ripe_at=begun, last_run=1
    )
    found = foreseen_of(packed, PersonFactory())
    assert packed not in [one.case for one in found.closes], "it still speaks for the other"


@pytest.mark.django_db
def test_of_too_many_groups_some_are_examined_and_it_says_so(packed):
    found = foreseen_of(packed, PersonFactory(), most=2)
    assert (found.examined, found.touched, found.is_whole) == (2, 3, False)
    assert packed not in [one.case for one in found.closes], "the third order still says PACKED"


@pytest.mark.django_db
def test_before_the_first_run_nothing_is_foreseen(packed):
    person = PersonFactory()
    Run.objects.all().delete()
    assert foreseen_of(packed, person) is None


@pytest.mark.django_db(transaction=True)
def test_neither_a_run_nor_an_intake_nor_another_editor_is_waited_for(packed):
    """Somebody else runs the checks, and holds everything that a run, an intake or an edit writes."""
    person = PersonFactory()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("select pg_advisory_xact_lock(%s)", [RUNNING])
        other.execute("select pg_advisory_xact_lock(%s)", [REGROUPING])
        held = "touched, configuration, finding, changed_subject, member, open_demand, return_drift, unmapped_word"
        other.execute(f"lock table {held}, return_account, credit_account, order_account in exclusive mode")
        assert [one.case for one in foreseen_of(packed, person).closes if one.kind == "unmapped_status"] == [packed]


@pytest.fixture
def named(brand):  # noqa: F811
    """An order whose copy in the shop names its customer by the shop's own number, and a flow that compares them."""
    Flow.objects.filter(key="to-shop").update(compare=["status", "lines", "customer"])
    brand.everywhere(1)
    brand.order(1, system="shop", said=1, customer={"id": "gid-77"})
    reconcile(as_of=NOON + timedelta(days=3), now=timezone.now())
    return ExceptionCase.objects.get(kind="customer_mismatch")


def test_a_customer_s_alias_is_tried_by_the_checks_before_it_is_mapped(client, db, named):
    client.force_login(someone("sam", "admin").user)
    typed = {"system": "shop", "lines": "gid-77 = C-1", "preview": "queue"}
    page = client.post("/settings/mappings/customers", typed).content.decode()
    assert "With it, 1 exception closes." in page
    assert f"/exceptions/{named.pk}" in page
    assert "gid-77 = C-1" in page, "what was typed stays"
    assert stored_words("customers") == {}
    wrong = client.post("/settings/mappings/customers", typed | {"lines": "gid-77 = C-9"}).content.decode()
    assert "nothing closes, changes or opens" in wrong or "1 changes" in wrong


def test_a_word_that_is_mapped_already_is_tried_with_its_new_meaning_over_all_that_carry_it(client, db, packed):
    place = ("warehouse", "order", "packed")
    save_words("statuses", {place: {"raw": "PACKED", "canonical": "released"}})
    reconcile(as_of=NOON + timedelta(days=4), now=timezone.now())
    found = foresee_words("statuses", {place: {"raw": "PACKED", "canonical": "cancelled"}}, at=timezone.now())
    assert {one.kind for one in found.opens} == {"status_drift"}
    assert (len(found.opens), found.touched) == (3, 3)


def test_before_a_word_is_mapped_no_longer_its_page_says_what_that_would_do(client, db, named):
    save_words("customers", {("shop", "", "GID-77"): {"raw": "gid-77", "canonical": "C-1"}})
    reconcile(as_of=NOON + timedelta(days=4), now=timezone.now())
    named.refresh_from_db()
    assert named.state == "resolved"
    client.force_login(someone("sam", "admin").user)
    said = {"system": "shop", "of": "", "key": "GID-77"}
    page = client.post("/settings/mappings/customers/unmap", said | {"preview": "queue"}).content.decode()
    assert "1 new one opens" in page
    assert stored_words("customers") != {}
    client.post("/settings/mappings/customers/unmap", said)
    assert stored_words("customers") == {}
    reconcile(as_of=NOON + timedelta(days=5), now=timezone.now())
    named.refresh_from_db()
    assert named.state == "new"


def test_a_suppression_names_beforehand_what_it_would_take_out_of_the_queue(client, db, named):
    client.force_login(someone("sam", "admin").user)
    said = {
        "kind": named.kind,
        "subject": named.subject,
        "customer": "",
        "sku": "",
        "reason": "known",
        "preview": "queue",
    }
    typed = said | {"ends_at": f"{timezone.now() + timedelta(days=9):%Y-%m-%dT%H:%M}"}
    page = client.post("/settings/suppressions/edit", typed).content.decode()
    assert "With it, 1 exception leaves the queue." in page
    assert "come back when it ends" in page
    assert not Suppression.objects.exists()
    other = client.post("/settings/suppressions/edit", typed | {"subject": "order:shop:other"}).content.decode()
    assert "nothing closes, changes or opens" in other


def test_a_waiver_names_beforehand_whose_exceptions_it_would_take_out_of_the_queue(db):
    same = [made_case(f"order:erp:{n}", kind="missing_po", customer="C-1") for n in (1, 2)]
    made_case("order:erp:3", kind="missing_po", customer="C-2")
    found = foresee("waive_reference", same[0], {"until": "2027-01-01"}, by=PersonFactory(), at=timezone.now())
    assert [one.case for one in found.closes] == same


def test_a_pack_size_is_tried_before_it_is_stored(client, db, named):
    client.force_login(someone("sam", "admin").user)
    typed = {"system": "warehouse", "sku": "TEE", "pack_size": "12", "preview": "queue"}
    page = client.post("/settings/packs/edit", typed).content.decode()
    assert "The checks were run with it" in page
    assert not PackSize.objects.exists()


def test_the_form_shows_what_would_close_and_open_before_anybody_acts(client, db, packed):
    client.force_login(someone("jo", "agent", "lead", team=packed.team, lead=True).user)
    address = f"/exceptions/{packed.pk}/moves/apply?resolution=map_code"
    page = client.post(address, {"p_canonical": "cancelled", "preview": "1", "seen": packed.version}).content.decode()
    assert "With it, 1 exception closes; 3 new ones open." in page
    assert "Opens: 3" in page
    assert "3 of 3 order groups" in page
    assert OwnChange.objects.count() == 0
    wrong = client.post(address, {"p_canonical": "x", "preview": "1", "seen": packed.version}).content.decode()
    assert "With it" not in wrong
    client.force_login(someone("vic", "viewer").user)
    said = {"p_canonical": "cancelled", "preview": "1", "seen": packed.version}
    assert "With it" not in client.post(address, said).content.decode()


FORETELLING = [
    foretell_and_compare,
    pytest.param(lambda history, dice, person: foretell_words_and_compare(history, dice), marks=pytest.mark.slow),
]


@pytest.mark.parametrize("foretell", FORETELLING)
def test_what_is_foreseen_is_what_the_next_run_does(transactional_db, foretell):
    begin()
    person, compared = PersonFactory(), []

    @settings(
        max_examples=HISTORIES,
        deadline=None,
        derandomize=HISTORIES <= 4,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.tuples(STEP, st.integers(0, 2**16)), min_size=6, max_size=16), st.integers(0, 2**16))
    def holds(history, seed):
        with transaction.atomic():
            try:
                compared.append(foretell(history, Random(seed), person))
            finally:
                transaction.set_rollback(True)

    holds()
    assert sum(compared) >= HISTORIES / 2
