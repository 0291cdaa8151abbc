from decimal import Decimal

import pytest
from django.db import connection

from reconciliation.keys import record_key
from reconciliation.models import StockLevel


@pytest.mark.django_db
@pytest.mark.parametrize(
    "parts", [("order", "erp", "SO-1"), ("stock_level", "w", "a@b/sellable"), ("return", "rebound-é", "№ 7\\n")]
)
def test_python_and_sql_derive_the_same_record_key(parts):
    with connection.cursor() as cursor:
        cursor.execute("select record_key(%s, %s, %s)", parts)
        assert cursor.fetchone()[0] == record_key(*parts)


@pytest.mark.django_db
def test_quantities_keep_every_digit():
    key = record_key("stock_level", "w", "1")
    exact = Decimal("12345678901234567890.123456789012345678")
    StockLevel.objects.create(content=key, record=key, sku="A", location="L", condition="sellable", quantity=exact)
    assert StockLevel.objects.get().quantity == exact
