"""What a browser loads at first: every style, script and picture of the frame, compressed, and the page itself."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.exceptions.people import case, someone

pytestmark = pytest.mark.django_db
MOST = 250_000  # bytes


@pytest.mark.parametrize("address", ["/queue", "/", "/insight"])
def test_a_first_load_is_under_250_kb_compressed(client, address):
    for number in range(60):
        case(f"order:shop:{number}")
    client.force_login(someone("sam", "agent", team="finance").user)
    page = client.get(address).content
    assets = re.findall(r'(?:href|src)="/static/([^"]+)"', page.decode())
    assert len(assets) > 5
    files = [Path(finders.find(asset)).read_bytes() for asset in assets]
    assert sum(len(gzip.compress(content)) for content in [page, *files]) < MOST
