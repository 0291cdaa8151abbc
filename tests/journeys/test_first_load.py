"""What a browser loads at first: every style, script and picture of the frame, compressed, and the page itself."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings as product
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise.middleware import WhiteNoiseMiddleware

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


def test_a_file_comes_compressed_and_is_kept_for_years(settings, tmp_path, rf):
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path, [("css", product.BASE_DIR / "static" / "css")]
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = product.STORAGES | {"staticfiles": {"BACKEND": storage}}
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", interactive=False, verbosity=0)
    served = WhiteNoiseMiddleware(lambda request: None)
    answer = served(rf.get(staticfiles_storage.url("css/queue.css"), headers={"Accept-Encoding": "gzip"}))
    answer.close()
    assert answer["Content-Encoding"] == "gzip"
    age = re.fullmatch(r"max-age=(\d+), public, immutable", answer["Cache-Control"])
    assert int(age[1]) > 365 * 24 * 3600
