"""What Prometheus reads."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from connectors.models import Connection, Refusals
from exceptions.people.tokens import create_token
from tests.exceptions.people import NOW
from tests.exceptions.test_queue_page import case

pytestmark = pytest.mark.django_db


def read(client, *scopes):
    until = timezone.now() + timedelta(days=1)
    _, text = create_token(name="prometheus", scopes=scopes, expires_at=until)
    return client.get("/api/v1/metrics", headers={"Authorization": f"Bearer {text}"})


def measures(answer):
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name.removeprefix("reconciliation_"), *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_exceptions_by_kind_and_state(client):
    case("r-1", kind="not_credited")
    case("r-2", kind="not_credited")
    case("s-1", kind="sku_mismatch", state="resolved", closed_at=NOW)
    seen = measures(read(client, "measure"))
    assert seen["exceptions", "new", "not_credited"] == 2
    assert seen["exceptions", "resolved", "sku_mismatch"] == 1


def test_refused_deliveries_are_summed_over_the_days(client):
    shop = Connection.objects.create(system="shop", kind="shopify", vendor="")
    for day in ("2026-11-01", "2026-11-02"):
        Refusals.objects.create(connection=shop, day=day, reason="forged", count=3, last_at=timezone.now())
    assert measures(read(client, "measure"))["deliveries_refused_total", "forged", "shop"] == 6


def test_without_redis_the_other_measures_are_still_there(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    seen = measures(read(client, "measure"))
    assert ("tasks_waiting",) not in seen
    assert seen["records_waiting",] == 0


def test_only_with_a_token_for_it(client):
    assert client.get("/api/v1/metrics").status_code == 401
    assert read(client, "read").status_code == 403
