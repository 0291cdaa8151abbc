"""commercetools' own types: the rows of the tests have no other members and words, and the mapper reads no others."""

import json
import re
import subprocess

import pytest

from connectors.commercetools.client import TOLD
from connectors.commercetools.mapper import lines
from connectors.commercetools.orders import ORDER_STATE, PAYMENT_STATE, SHIPMENT_STATE
from connectors.commercetools.returns import KNOWN, TRANSACTION
from connectors.commercetools.simulator import RETURN_MOVES, RETURN_PAYMENT, Commercetools
from connectors.registry import Words
from tests.connectors.commercetools.project import fill
from tests.connectors.contract.others import HERE, NODE, PACKAGES, PATIENCE, against_others
from tests.connectors.contract.watched import watched
from tests.connectors.reading import payload
from tests.connectors.vendors import Clock

pytestmark = against_others

SDK = PACKAGES / "@commercetools" / "platform-sdk" / "dist" / "declarations" / "src" / "generated"
TYPES = {
    "orders": "Order",
    "payments": "Payment",
    "product-projections": "ProductProjection",
    "inventory": "InventoryEntry",
    "channels": "Channel",
}
WORDS = {
    "OrderState": ORDER_STATE,
    "ShipmentState": SHIPMENT_STATE,
    "PaymentState": PAYMENT_STATE,
    "ReturnShipmentState": KNOWN,
    "TransactionState": TRANSACTION,
}
PART = "type Part<T> = T extends object ? { [K in keyof T]?: Part<T[K]> } : T;"


def test_rows_are_of_the_types(tmp_path):
    project = fill(Commercetools(Clock()))
    rows = {resource: list(project.rows[resource].values()) for resource in TYPES}
    rows["orders"].append(json.loads(json.dumps(payload("commercetools", "order"), default=float)))
    text = [f'import type {{ {", ".join(TYPES.values())} }} from "{SDK / "index"}";', PART]
    text += [f"export const of{type}: Part<{type}>[] = {json.dumps(rows[name])};" for name, type in TYPES.items()]
    file = tmp_path / "rows.ts"
    file.write_text("\n".join(text), encoding="utf-8")
    compiler = PACKAGES / "typescript" / "bin" / "tsc"
    words = [
        NODE,
        compiler,
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--module",
        "preserve",
        "--typeRoots",
        tmp_path,
        file,
    ]
    done = subprocess.run(words, capture_output=True, text=True, cwd=HERE, timeout=PATIENCE)
    assert done.stdout == ""


@pytest.mark.parametrize("name", WORDS)
def test_every_word_has_a_meaning(name):
    assert set(WORDS[name]) == words_of(name)


def test_returns_move_between_words_that_there_are():
    assert set(RETURN_MOVES) == words_of("ReturnShipmentState")
    assert set(RETURN_PAYMENT.values()) <= words_of("ReturnPaymentState")


def test_messages():
    assert set(TOLD) <= set(re.findall(r"readonly type: '(\w+)'", source()))


def words_of(name):
    """The words of an enumeration of commercetools'."""
    (body,) = re.findall(rf"enum {name}Values {{(.*?)}}", source(), re.DOTALL)
    return set(re.findall(r'= "(\w+)"', body))


def source():
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(SDK.glob("models/*.d.ts")))


def test_the_mapper_reads_no_member_that_commercetools_does_not_name():
    read = set()
    words = Words("commercetools", {})
    list(lines("orders", watched(json.loads(json.dumps(payload("commercetools", "order"), default=str)), read), words))
    for feed, resource in (("products", "product-projections"), ("stock", "inventory")):
        for row in fill(Commercetools(Clock())).rows[resource].values():
            list(lines(feed, watched(row, read), words))
    ours = {"held", "en"}  # what our client adds, and a language
    assert read - set(re.findall(r"readonly (\w+)\??:", source())) == ours
