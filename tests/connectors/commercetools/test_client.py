"""Reading a project: whole by keyset, resumable, with what no order's date tells, honest about scopes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.commercetools.client import CommercetoolsClient
from connectors.models import Connection, Cursor, PullRun
from connectors.pull import pull
from connectors.registry import connector
from connectors.simulating import answer, breaking_off, failing, served
from exceptions.pulling import take_in_lines
from tests.connectors.commercetools.project import (
    back,
    entry,
    item_back,
    order,
    paid_by,
    payment,
    product,
    transaction,
    when,
)
from tests.connectors.vendors import access, ledger, pull_all, survives_a_kill_between_any_two_requests, undone

pytestmark = pytest.mark.django_db
ORDERS = {f"o-{number:03}" for number in range(1, 8)}


def counts():
    found = {}
    for type, _ in ledger():
        found[type] = found.get(type, 0) + 1
    return found


def one_pull(connection, project, clock, feed):
    made = connector("commercetools")
    return pull(connection, made, made.feed(feed), access=access(connection, project, clock), take_in=take_in_lines)


def test_a_project_is_read_whole(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock)
    assert PullRun.objects.exclude(rejected=0).count() == 0
    assert counts() == {"order": 7, "fulfilment": 1, "return": 1, "credit": 1, "product": 6, "stock_level": 2}
    assert ledger()["stock_level", "e-1"]["location"] == "daventry"


def test_orders_survive_a_kill_between_any_two_requests(projects, answered):
    assert survives_a_kill_between_any_two_requests(projects, "orders", answered=answered) >= 5


def test_the_other_feeds_survive_a_kill_between_any_two_requests(projects, answered):
    feeds = ("edits", "payments", "products", "stock", "messages", "deleted")
    assert survives_a_kill_between_any_two_requests(projects, *feeds, answered=answered) >= 8


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moving=st.lists(st.integers(1, 7), max_size=6))
def test_orders_that_move_while_paging_are_all_read(projects, moving):
    with undone():
        connection, project, clock = projects()
        moves = iter(moving)

        def between():
            clock.pass_by(milliseconds=500)
            if (number := next(moves, None)) is not None:
                row = project.rows["orders"][f"o-{number:03}"]
                project.put(
                    "orders", row | {"purchaseOrderNumber": f"moved {clock()}"}, lastModifiedAt=when(seconds=-1)
                )

        project.between = between
        pull_all(connection, project, clock, "orders")
        project.between = lambda: None
        clock.pass_by(minutes=2)
        pull_all(connection, project, clock, "orders")
        said = {id: found["refs"]["purchase_order"] for (_, id), found in ledger("order").items()}
        assert said == {id: row["purchaseOrderNumber"] for id, row in project.rows["orders"].items()}


def test_fifty_three_orders_of_which_ten_share_each_date(projects):
    connection, project, clock = projects()
    for number in range(100, 153):
        project.put("orders", order(number, lastModifiedAt=when(hours=2, minutes=-(number // 10))))
    pull_all(connection, project, clock, "orders")
    run = PullRun.objects.get(feed="orders")
    assert (counts()["order"], run.records) == (60, 60)  # none lost, none twice


def test_only_what_changed_is_read_again(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock, "orders")
    clock.pass_by(hours=4)
    project.put("orders", order(3), lastModifiedAt=when(hours=-3))
    clock.pass_by(hours=-1, minutes=2)
    pull_all(connection, project, clock, "orders")
    assert PullRun.objects.filter(feed="orders").latest("id").records == 1


def test_a_payment_that_moves_brings_its_order(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock)
    clock.pass_by(hours=1)
    project.put(
        "payments",
        payment("pay-1", transaction("t-1", "Charge", 12000), transaction("t-2", "Refund", 12000)),
        lastModifiedAt=when(minutes=-59),
    )
    pull_all(connection, project, clock, "orders")
    assert ledger()["order", "o-001"]["payment"]["status"] == "part_refunded"
    pull_all(connection, project, clock, "payments")
    assert ledger()["order", "o-001"]["payment"]["status"] == "refunded"
    assert ledger()["credit", "o-001/t-2"]["amount"] == "120.00"


def test_an_applied_edit_brings_its_order_although_nothing_moved_it(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock)
    clock.pass_by(hours=1)
    edit = {"id": "ed-1", "resource": {"typeId": "order", "id": "o-002"}, "result": {"type": "Applied"}}
    project.rows["orders"]["o-002"]["purchaseOrderNumber"] = "PO-EDITED"
    project.put("orders/edits", edit | {"result": {"type": "NotProcessed"}}, lastModifiedAt=when(minutes=-59))
    pull_all(connection, project, clock, "edits")
    assert ledger()["order", "o-002"]["refs"]["purchase_order"] == "PO-2"
    project.put("orders/edits", edit, lastModifiedAt=when(minutes=-59, seconds=-1))
    clock.pass_by(minutes=1)
    pull_all(connection, project, clock, "edits")
    assert ledger()["order", "o-002"]["refs"]["purchase_order"] == "PO-EDITED"


def test_the_message_of_an_edit_brings_its_order_too(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock)
    project.rows["orders"]["o-003"]["purchaseOrderNumber"] = "PO-EDITED"
    clock.pass_by(minutes=30)
    project.tell("OrderEditApplied", "order", "o-003")
    clock.pass_by(minutes=1)
    pull_all(connection, project, clock, "messages")
    assert ledger()["order", "o-003"]["refs"]["purchase_order"] == "PO-EDITED"


def test_what_a_message_calls_deleted_is_withdrawn_with_all_that_hung_on_it(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock)
    clock.pass_by(minutes=30)
    project.delete("orders", "o-001", "OrderDeleted")
    project.delete("inventory", "e-1", "InventoryEntryDeleted")
    clock.pass_by(minutes=1)
    pull_all(connection, project, clock, "messages")
    assert counts() == {"order": 6, "product": 6, "stock_level": 1}


def test_what_is_deleted_without_a_message_is_found_by_the_sweep(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock)
    del project.rows["orders"]["o-001"], project.rows["inventory"]["e-2"]
    project.put("product-projections", product(2, "SKU-2"))  # which loses a variant
    del project.rows["product-projections"]["p-3"]  # which is not published any more
    clock.pass_by(days=1)
    pull_all(connection, project, clock, "deleted")
    assert counts() == {"order": 6, "product": 3, "stock_level": 1}


def test_a_draft_of_a_product_is_not_what_is_sold(projects):
    connection, project, clock = projects()
    project.put("product-projections", product(9, "SKU-9", published=False))
    pull_all(connection, project, clock, "products")
    assert {line["sku"] for line in ledger("product").values()} == {
        sku for number in (1, 2, 3) for sku in (f"SKU-{number}", f"SKU-{number}-L")
    }


def test_a_project_that_knows_nothing_is_not_believed(projects):
    connection, project, clock = projects()
    for number in range(100, 125):
        project.put("orders", order(number))
    pull_all(connection, project, clock, "orders")
    project.rows["orders"].clear()
    assert "none of 32 records" in one_pull(connection, project, clock, "deleted").error
    assert counts()["order"] == 32


def test_returns_that_are_replaced_leave_nothing_behind(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock)
    clock.pass_by(minutes=10)
    row = project.rows["orders"]["o-001"]
    project.put("orders", row | {"returnInfo": [back(item_back("ri-9"))]}, lastModifiedAt=when(minutes=-9))
    pull_all(connection, project, clock, "orders")
    assert set(ledger("return")) == {("return", "o-001/ri-9")}


def test_goods_that_go_back_to_stock(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock, "orders")
    clock.pass_by(minutes=10)
    project.move_return("o-001", "ri-1", "BackInStock")
    clock.pass_by(minutes=1)
    pull_all(connection, project, clock, "orders")
    found = ledger()
    assert found["return", "o-001/ri-1"]["status"] == "inspected"
    assert found["stock_movement", "o-001/ri-1"]["quantity"] == 2


def test_a_429_is_waited_for_as_long_as_it_asks(projects):
    connection, project, clock = projects()
    project.fail_next(None, failing(429, Retry_After="4"))
    pull_all(connection, project, clock, "orders")
    assert counts()["order"] == 7
    assert 4 <= clock.slept[0] < 5


def coded(status, code):
    body = {"statusCode": status, "message": "no", "errors": [{"code": code, "message": "no"}]}
    return lambda request: answer(body, status=status)


@pytest.mark.parametrize(
    "fault",
    [coded(503, "OverCapacity"), coded(500, "General"), failing(502), failing(504), coded(409, "PendingOperation"),
     breaking_off],
)  # fmt: skip
def test_what_passes_is_tried_again(projects, fault):
    connection, project, clock = projects()
    project.fail_next(None, fault, fault)
    pull_all(connection, project, clock, "orders")
    assert counts()["order"] == 7
    assert len(clock.slept) == 2


def test_a_query_that_timed_out_is_left_alone_for_a_while(projects):
    connection, project, clock = projects()
    project.fail_next(None, None, coded(503, "QueryTimedOut"))
    run = one_pull(connection, project, clock, "orders")
    assert "wait for 60 s" in run.error
    assert 60 <= (run.resume_at - clock()).total_seconds() < 61
    assert run.position is not None  # the page before is not read again
    clock.pass_by(seconds=61)
    pull_all(connection, project, clock, "orders")
    assert counts()["order"] == 7


def test_a_400_is_not_tried_again(projects):
    connection, project, clock = projects()
    project.fail_next(None, coded(400, "InvalidInput"))
    assert "InvalidInput" in one_pull(connection, project, clock, "orders").error
    assert len(project.requests) == 2


def test_a_token_lives_for_two_days_and_is_renewed_when_it_is_refused(projects):
    connection, project, clock = projects()

    def asked():
        return sum(request.url.path == "/oauth/token" for request in project.requests)

    pull_all(connection, project, clock, "orders", "stock")
    clock.pass_by(hours=47)
    pull_all(connection, project, clock, "orders")
    assert asked() == 1
    clock.pass_by(minutes=56)
    pull_all(connection, project, clock, "orders")
    assert asked() == 2  # early
    project.tokens.clear()
    clock.pass_by(minutes=20)
    pull_all(connection, project, clock, "orders")
    assert asked() == 3


def test_the_regions_have_hosts_of_their_own(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock, "orders")
    hosts = {request.url.host for request in project.requests}
    assert hosts == {"auth.europe-west1.gcp.commercetools.com", "api.europe-west1.gcp.commercetools.com"}
    (region,) = [setting for setting in connector("commercetools").settings if setting.name == "region"]
    google, amazon = ("us-central1.gcp", "europe-west1.gcp"), ("us-east-2.aws", "eu-central-1.aws")
    assert set(region.choices) == {*google, *amazon, "australia-southeast1.gcp"}


def test_each_query_is_sorted_bounded_and_without_a_total(projects):
    connection, project, clock = projects()
    pull_all(connection, project, clock)
    for request in project.requests[1:]:
        if request.method == "GET":
            asked = request.url.params
            assert asked["withTotal"] == "false"
            assert "offset" not in asked
            assert asked.get_list("sort")
            assert int(asked["limit"]) <= 500
            assert asked.get("staged", "false") == "false"


def test_the_connection_test_says_which_scope_is_missing(projects):
    connection, project, clock = projects(scopes="all")
    assert CommercetoolsClient(access(connection, project, clock)).missing() == []
    project.scopes -= {"view_payments:harbour"}
    project.tokens.clear()
    (said,) = CommercetoolsClient(access(connection, project, clock)).missing()
    assert "view_payments:harbour" in said


def test_a_missing_scope_is_an_error_and_not_a_gap(projects):
    connection, project, clock = projects()
    project.scopes -= {"view_orders:harbour"}
    assert "Not allowed: view_orders:harbour" in one_pull(connection, project, clock, "orders").error
    assert Cursor.objects.get(feed="orders").watermark is None


def test_wrong_credentials_are_said_in_the_vendors_words(projects):
    connection, project, clock = projects(client_id="another")
    assert "valid client credentials" in one_pull(connection, project, clock, "orders").error


def test_an_order_with_more_payments_than_a_page(projects):
    connection, project, clock = projects()
    for number in range(20, 25):  # one payment of five orders
        project.put("orders", order(number, paymentInfo=paid_by("pay-shared")), lastModifiedAt=when(days=400))
    project.put("payments", payment("pay-shared", transaction("t-9", "Charge", 12000)))
    pull_all(connection, project, clock, "payments")
    assert counts()["order"] == 6


def test_a_channel_that_an_order_was_sent_to_is_known_by_its_key(projects):
    connection, project, clock = projects(sync_channels="erp=sales_order")
    project.put("channels", {"id": "c-9", "key": "erp"})
    sent = {"channel": {"typeId": "channel", "id": "c-9"}, "externalId": "SO-88120"}
    project.put("orders", order(3, syncInfo=[sent]), lastModifiedAt=when(hours=1))
    pull_all(connection, project, clock, "orders")
    assert ledger()["order", "o-003"]["refs"]["sales_order"] == "SO-88120"


def test_entries_of_a_sku_by_channel_are_levels_of_their_own(projects):
    connection, project, clock = projects()
    project.put("inventory", entry(3, sku="SKU-1", quantityOnStock=4))
    pull_all(connection, project, clock, "stock")
    said = {(level["sku"], level["location"]): level["quantity"] for level in ledger("stock_level").values()}
    assert said == {("SKU-1", "daventry"): 10, ("SKU-1", "default"): 4, ("SKU-2", "default"): 10}


def test_the_simulator_is_a_server_of_this_machine_too(projects):
    connection, project, clock = projects()
    with served(project) as address:
        Connection.objects.filter(id=connection.id).update(settings=connection.settings | {"base": address})
        connection.refresh_from_db()
        pull_all(connection, None, clock, "orders")
    assert set(ledger("order")) == {("order", id) for id in ORDERS}
