"""What can be done about each kind: the agreed list of its family, each with form and effect."""

import pytest
from django import forms

from exceptions.effects import EFFECTS
from exceptions.models import ExceptionCase
from exceptions.move_forms import FORMS
from exceptions.own_data import HANDLERS
from exceptions.parameter_fields import parameter_fields
from exceptions.resolutions import resolutions, resolutions_of
from reconciliation.declarations import checks
from tests.exceptions.people import NOW

FAMILIES = {
    "orphan_return credit_without_return unsupported_credit": (
        "link_order ask_customer reject_in_portal accept_variance"
    ),
    "sku_mismatch uom_conflict pack_size_mismatch": "map_sku correct_source retire_sku",
    "unmapped_reason_code unmapped_status": "map_code",
    "missing_po missing_reference": "set_reference ask_customer waive_reference",
    "credit_value_mismatch duplicate_credit credit_copy_mismatch currency_mismatch rounding_drift "
    "unsupported_credit_price unsupported_credit_quantity over_credited": (
        "request_corrected_credit void_duplicate accept_variance"
    ),
    "wrong_refund_method refund_not_settled credit_before_receipt credit_outside_workflow": (
        "reverse_to_account_credit close_return confirm_receipt accept_with_approval"
    ),
    "blocked_return return_value_mismatch missing_disposition reference_conflict return_before_order_sync "
    "return_before_fulfilment return_quantity_mismatch reason_mismatch": (
        "authorise_in_portal push_order_status correct_return set_reference ask_customer"
    ),
    "released_before_payment released_on_hold dispatched_after_cancel over_dispatched duplicate_order "
    "incomplete_order": "stop_dispatch chase_payment cancel_duplicate complete_order invoice_excess",
    "missing_credit": "raise_credit goodwill_no_credit",
    "premature_restock unsellable_restock over_restock": "move_to_quarantine confirm_inspection reverse_movement",
    "missing_restock stock_drift stale_stock oversell": "restock recount push_level back_order",
    "order_missing_downstream unfulfilled_on_account backorder_rejected order_stuck false_success sync_failure "
    "return_missing_downstream": "retry_sync release_hold split_backorder skip_sync",
    "status_drift partial_shipment_drift quantity_mismatch price_mismatch order_total_mismatch customer_mismatch "
    "order_edited_after_return": "correct_copy correct_authority accept_variance",
    "silent_flow": "repull_window fix_connection declare_outage",
    "rejected_record": "correct_and_resubmit discard_line",
}
WHOLE = (  # families of which every kind offers all
    *("orphan_return", "sku_mismatch", "unmapped_status", "missing_po", "missing_credit", "premature_restock"),
    *("status_drift", "silent_flow", "rejected_record"),
)
OFFERED = {kind: actions.split() for kinds, actions in FAMILIES.items() for kind in kinds.split()}


def test_every_kind_is_in_one_family():
    assert sorted(OFFERED) == sorted(checks())


@pytest.mark.parametrize("kinds", FAMILIES)
def test_a_family_offers_all_of_its_resolutions_and_no_others(kinds):
    offered = {kind: [one.key for one in resolutions_of(kind)] for kind in kinds.split()}
    assert set().union(*offered.values()) == set(FAMILIES[kinds].split())
    for found in offered.values():
        assert len(found) == len(set(found)) > 0
    if set(kinds.split()) & set(WHOLE):
        assert all(found == FAMILIES[kinds].split() for found in offered.values()), offered


@pytest.mark.parametrize("key", resolutions())
def test_each_resolution_has_a_move_that_makes_it_and_a_form_that_asks_for_what_it_needs(key):
    one = resolutions()[key]
    ways = {"wait": "wait", "accept": "accept"}
    move = ways.get(one.effect, "apply")
    assert move in EFFECTS
    assert move in FORMS
    assert (one.effect == "own_data") == (key in HANDLERS)
    assert one.approval in ("never", "limit", "money", "always")


def test_these_and_no_others_need_another_person_s_word():
    """Always, or where money is involved; beyond one's own limit where a variance is taken; else never."""
    said = {key: one.approval for key, one in resolutions().items() if one.approval != "never"}
    assert said == {
        "waive_reference": "always",
        "goodwill_no_credit": "always",
        "accept_with_approval": "always",
        "reverse_to_account_credit": "always",
        "skip_sync": "money",
        "invoice_excess": "money",
        "accept_variance": "limit",
    }


@pytest.mark.django_db
def test_retiring_a_sku_whose_packs_disagree_is_a_claim_that_says_where():
    case = ExceptionCase(kind="uom_conflict", subject="product:erp:MUG-12", sku="MUG-12", first_seen=NOW)
    retire = next(one for one in resolutions_of("uom_conflict") if one.key == "retire_sku")
    fields = parameter_fields(retire, case)
    assert list(fields) == ["where"]
    assert isinstance(fields["where"], forms.CharField)
