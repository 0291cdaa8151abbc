"""The orders that a record may belong to, offered where it is linked: ranked, each with why."""

from datetime import timedelta

from django.utils import timezone

from exceptions.candidates import candidates
from exceptions.models import ExceptionCase
from exceptions.parameter_fields import parameter_fields
from exceptions.reconciling import reconcile
from exceptions.resolutions import resolutions
from tests.checks.conftest import NOON, brand  # noqa: F401


def test_a_credit_that_names_no_order_is_offered_those_of_its_customer_and_of_its_goods(brand):  # noqa: F811
    cap, tee = ([{"sku": sku, "quantity": 1, "unit_price": "5.00"}] for sku in ("CAP", "TEE"))
    brand.order(1, status="closed", placed=0, said=0, lines=cap)
    brand.order(2, status="closed", placed=2, said=2, lines=cap)
    brand.order(3, status="closed", placed=3, said=3, lines=tee, customer={"id": "C-2"})
    brand.order(4, status="closed", placed=4, said=4, lines=cap, customer={"id": "C-3"})
    brand.credit("CN-1", said=50, refs={}, lines=[{"sku": "TEE", "quantity": 1, "unit_price": "5.00"}])
    reconcile(as_of=NOON + timedelta(hours=60), now=timezone.now())
    known = ExceptionCase.objects.get(kind="unsupported_credit")
    found = [(one.order, one.why) for one in candidates(known)]
    assert found == [
        ("order:front:front-2", "same customer"),
        ("order:front:front-1", "same customer"),
        ("order:front:front-3", "holds TEE, of customer C-2"),
    ]
    choices = parameter_fields(resolutions()["link_order"], known)["order"].choices
    assert [order for order, _ in choices] == [order for order, _ in found] + [""]


def test_what_its_check_suggests_is_offered_as_it_is(brand):  # noqa: F811
    known = ExceptionCase(suggestions=[{"order": "order:front:9", "why": "same purchase order"}, {"sku": "TEE"}])
    assert [(one.order, one.why) for one in candidates(known)] == [("order:front:9", "same purchase order")]
