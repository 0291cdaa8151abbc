import io
import json
from datetime import UTC, datetime

import pytest
from django.db import connection

from connectors.lines import read_lines
from reconciliation.intake import take_in
from reconciliation.models import Configuration, Flow, System

ARRIVAL = datetime(2026, 9, 30, 12, tzinfo=UTC)
COMPARED = {
    "version": "version, record, raw",
    "ledger": "version, record, type, system, id, realm, at, until, changed_at, content, hash",
    "reference": "*",
    "order_content": "*",
    "order_line": "*",
    "return_content": "*",
    "return_line": "*",
    "first_sent": "*",
    "member": "*",
}


@pytest.fixture
def systems(db):
    shop = System.objects.create(key="shop", kind="sparklayer", authority=["order"])
    warehouse = System.objects.create(key="warehouse", kind="warehouse")
    System.objects.create(key="portal", kind="rebound", authority=["return"])
    System.objects.create(key="ipaas", kind="ipaas")
    Flow.objects.create(
        key="orders", record="order", source=shop, target=warehouse, cadence="00:15:00", grace="02:00:00"
    )
    Configuration.objects.create()


def feed(*values):
    """Takes in the values as lines of JSON; those that are text or bytes as they stand."""
    lines = [v if isinstance(v, bytes) else (v if isinstance(v, str) else json.dumps(v)).encode() for v in values]
    return take_in(read_lines(io.BytesIO(b"\n".join(lines))), source="test", clock=lambda: ARRIVAL)


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"select {COMPARED[table]} from {table} order by 1, 2")
        return cursor.fetchall()


def order(id="O-1", at="2026-09-01T10:00:00Z", system="shop", **fields):
    base = {
        "type": "order",
        "system": system,
        "id": id,
        "at": at,
        "status": "open",
        "placed_at": "2026-09-01T09:00:00Z",
    }
    return base | {"refs": {"sales_order": "SO-1"}, "lines": [{"sku": "TEE", "quantity": 2}]} | fields
