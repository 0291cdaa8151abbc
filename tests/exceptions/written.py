"""A case for each change that can be written, with its vendor filled and read."""

from connectors.commercetools.simulator import Commercetools
from connectors.erp.xero.simulator import Xero
from connectors.ipaas.celigo.simulator import Celigo
from connectors.ipaas.workato.simulator import Workato
from connectors.returngo.simulator import ReturnGo
from connectors.shopify.simulator import Shopify
from connectors.warehouse.mintsoft.simulator import Mintsoft
from reconciliation.models import CustomerAlias
from tests.connectors.commercetools import project as ct
from tests.connectors.ipaas.platforms import FLOWS, RECIPES, error, flows, job
from tests.connectors.returngo import portal as rg
from tests.connectors.shopify import shop as sh
from tests.connectors.vendors import Clock, connected
from tests.connectors.warehouse.mintsoft import account as ms
from tests.exceptions.scenes import scene, scene_by_hand

WANTS_PO = [{"field": "purchase_order", "expected": "PO-77", "actual": None}]


def celigo_retry():
    clock = Clock()
    celigo = Celigo(clock)
    celigo.errors = [("f2/s1", error(3))]
    flows()
    made = connected("ipaas", "celigo", settings={"flows": FLOWS}, secrets={"token": celigo.token})
    how = {"kind": "sync_failure", "resolution": "retry_sync", "action": "retry", "secret": celigo.token}
    return scene(made, celigo, clock, effects=lambda: len(celigo.retries), **how)


def workato_retry():
    clock = Clock()
    workato = Workato(clock)
    workato.jobs = {"77": [], "78": [job(20, failed=True, title="SO-9001")]}
    flows()
    made = connected("ipaas", "workato", settings={"flows": RECIPES}, secrets={"token": workato.token})
    how = {"kind": "sync_failure", "resolution": "retry_sync", "action": "retry", "secret": workato.token}
    return scene(made, workato, clock, effects=lambda: len(workato.jobs["78"]) - 1, **how)


def project(custom=None):
    clock = Clock()
    vendor = Commercetools(clock)
    vendor.scopes.add(f"manage_orders:{vendor.project}")
    vendor.put("states", {"id": "s-2", "key": "released"})
    one = ct.order(1, purchaseOrderNumber=None) | ({"custom": {"fields": custom}} if custom else {})
    vendor.put("orders", one)
    settings = {"project_key": vendor.project, "region": "europe-west1.gcp", "client_id": vendor.client_id}
    settings |= {"fields": "hold=creditHold", "released_state": "released"}
    made = connected("commercetools", settings=settings, secrets={"client_secret": vendor.client_secret})
    how = {"secret": vendor.client_secret, "feeds": ("orders",), "effects": lambda: len(vendor.updates)}
    return made, vendor, clock, how


def commercetools_purchase_order():
    made, vendor, clock, how = project()
    how |= {"action": "purchase_order", "resolution": "set_reference", "evidence": WANTS_PO}
    return scene_by_hand(made, vendor, clock, kind="missing_po", subject="order:commercetools:o-001", **how)


def commercetools_release():
    made, vendor, clock, how = project({"creditHold": "over the limit"})
    how |= {"action": "release_hold", "resolution": "release_hold", "subject": "order:commercetools:o-001>wms"}
    return scene_by_hand(made, vendor, clock, kind="order_stuck", **how)


def shop(**said):
    clock = Clock()
    vendor = Shopify(clock)
    vendor.scopes += ["write_orders", "read_merchant_managed_fulfillment_orders"]
    vendor.scopes += ["write_merchant_managed_fulfillment_orders"]
    vendor.orders = [sh.order(5501, **said)]
    settings = {"shop": vendor.shop, "client_id": vendor.client_id}
    made = connected("shopify", settings=settings, secrets={"client_secret": vendor.client_secret})
    how = {"secret": vendor.client_secret, "feeds": ("orders",), "effects": lambda: len(vendor.changes)}
    return made, vendor, clock, how


def shopify_purchase_order():
    made, vendor, clock, how = shop()
    how |= {"action": "purchase_order", "resolution": "set_reference", "evidence": WANTS_PO}
    return scene_by_hand(made, vendor, clock, kind="missing_po", subject="order:shopify:5501", **how)


def shopify_draft_purchase_order():
    made, vendor, clock, how = shop()
    vendor.scopes.append("write_draft_orders")
    vendor.drafts = [sh.draft(77)]
    how |= {"action": "purchase_order", "resolution": "set_reference", "evidence": WANTS_PO, "feeds": ("drafts",)}
    return scene_by_hand(made, vendor, clock, kind="missing_po", subject="order:shopify:draft-77", **how)


def shopify_release():
    hold = {"id": sh.gid("FulfillmentHold", 1), "reason": "AWAITING_PAYMENT"}
    held = {"id": sh.gid("FulfillmentOrder", 1), "status": "ON_HOLD", "fulfillmentHolds": [hold]}
    free = {"id": sh.gid("FulfillmentOrder", 2), "status": "OPEN", "fulfillmentHolds": []}
    made, vendor, clock, how = shop(displayFulfillmentStatus="ON_HOLD", fulfillmentOrders=[held, free])
    how |= {"action": "release_hold", "resolution": "release_hold", "subject": "order:shopify:5501>wms"}
    return scene_by_hand(made, vendor, clock, kind="order_stuck", **how)


def xero_draft(amount="20.00"):
    clock = Clock()
    vendor = Xero(clock)
    flows()
    settings = {"tenant_id": vendor.tenant, "client_id": vendor.client_id, "credit_account": "200"}
    settings |= {"grant": "client_credentials"}  # of a refresh token that counts once, a death may lose the next
    made = connected("erp", "xero", settings=settings, secrets={"client_secret": vendor.client_secret})
    how = {"action": "draft_credit", "resolution": "raise_credit", "secret": vendor.client_secret}
    how |= {"suggestions": [{"lines": [{"sku": "TEE", "quantity": "3", "amount": amount}]}], "amount": amount}
    how |= {"refs": {"rma": "RMA-51", "order_number": "#1042"}, "customer": "7781", "systems": ["portal", "xero"]}
    how |= {"subject": "return:portal:R-51", "effects": lambda: len(vendor.rows["CreditNotes"])}
    opened = scene_by_hand(made, vendor, clock, kind="missing_credit", **how)
    CustomerAlias.objects.create(
        system_id="xero", raw="contact-1", raw_key="CONTACT-1", canonical="7781", canonical_key="7781"
    )
    return opened


def mintsoft_quarantine():
    clock = Clock()
    vendor = Mintsoft(clock)
    vendor.returns = [ms.returned(1)]
    settings = {"username": vendor.username, "read_back": "3", "quarantine_action": "7"}
    settings |= {"quarantine_warehouse": "1", "quarantine_from": "11", "quarantine_to": "99"}
    made = connected("warehouse", "mintsoft", settings=settings, secrets={"password": vendor.password})
    how = {"action": "quarantine", "resolution": "move_to_quarantine", "secret": vendor.password}
    how |= {"subject": "stock_movement:mintsoft:return-item-1", "effects": lambda: len(vendor.movements)}
    return scene_by_hand(made, vendor, clock, kind="premature_restock", feeds=("returns",), **how)


def returngo_close():
    clock = Clock()
    vendor = ReturnGo(clock, rg.SHOP)
    vendor.rmas = [rg.rma(51, "Validated")]
    made = connected("returngo", settings={"shop": rg.SHOP}, secrets={"api_key": vendor.api_key})
    how = {"action": "close_return", "resolution": "close_return", "secret": vendor.api_key}
    how |= {"subject": "return:returngo:51", "effects": lambda: vendor.closed}
    return scene_by_hand(made, vendor, clock, kind="wrong_refund_method", **how)


SCENES = {
    "celigo retry": celigo_retry,
    "workato retry": workato_retry,
    "commercetools purchase order": commercetools_purchase_order,
    "commercetools release": commercetools_release,
    "shopify purchase order": shopify_purchase_order,
    "shopify draft purchase order": shopify_draft_purchase_order,
    "shopify release": shopify_release,
    "xero draft credit": xero_draft,
    "mintsoft quarantine": mintsoft_quarantine,
    "returngo close": returngo_close,
}
