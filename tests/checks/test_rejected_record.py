import io
import json
from hashlib import sha256

from django.utils import timezone

from connectors.lines import read_lines
from reconciliation.intake import take_in
from tests.checks.conftest import at


def send(text):
    take_in(read_lines(io.BytesIO(text.encode())), source="night.ndjson", clock=timezone.now)
    return sha256(text.encode()).hexdigest()[:12]


def bad(said, **fields):
    return json.dumps({"type": "order", "system": "shop", "id": "shop-9", "at": at(said), "status": "open"} | fields)


def test_it_exists_from_its_own_moment(brand):
    digest = send(bad(5))
    assert brand.found("rejected_record", 4) == {}
    assert brand.found("rejected_record", 5) == {f"rejected:shop:{digest}": (None, None)}


def test_a_good_line_that_is_not_older_heals_it_and_an_older_one_does_not(brand):
    digest = send(bad(5))
    brand.order(9, system="shop", said=4)
    assert f"rejected:shop:{digest}" in brand.found("rejected_record", 6)
    brand.order(9, system="shop", said=5)
    assert brand.found("rejected_record", 7) == {}


def test_where_its_moment_is_unreadable_arrival_counts(brand):
    brand.order(9, system="shop", said=4)
    digest = send(bad(5, at="yesterday"))
    assert f"rejected:shop:{digest}" in brand.found("rejected_record", 6)
    brand.order(9, system="shop", said=3)
    assert brand.found("rejected_record", 7) == {}


def test_what_cannot_be_read_at_all_belongs_to_no_system(brand):
    digest = send("{no")
    assert list(brand.found("rejected_record", 6)) == [f"rejected:-:{digest}"]
