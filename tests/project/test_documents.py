"""What the pages claim: files and commands that they name are there, and the map of the code leaves no folder out."""

import re
import subprocess
from pathlib import PurePosixPath

import pytest
from django.core.management import get_commands

from reconciliation.project.embedded import ROOT

PAGES = ["README.md", "docs/architecture.md", "docs/CONTRIBUTING.md"]
ENDINGS = r"\.(?:py|sql|toml|md|typ|html|css|js|c)"
UNNAMED = {"management", "migrations", "images"}  # where Django wants them, and pictures


@pytest.fixture(scope="module")
def places():
    """Every file of the repository and every folder above one."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    told = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [PurePosixPath(line) for line in told.stdout.splitlines()]
    return {*map(str, files), *(str(folder) for file in files for folder in file.parents if folder.name)}


@pytest.mark.parametrize("page", PAGES)
def test_each_file_and_page_that_is_named_is_there(page, places):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(rf"`([\w./-]*\w{ENDINGS})`", text)) | set(re.findall(rf"\bdocs/[\w/]+{ENDINGS}", text))
    assert [name for name in sorted(named) if not any(f"/{place}".endswith(f"/{name}") for place in places)] == []
    links = set(re.findall(r"\]\(([^)#:]+)[^):]*\)", text))
    assert [link for link in sorted(links) if not ((ROOT / page).parent / link).exists()] == []


def test_the_map_names_every_folder_of_the_apps_and_beside_them(places):
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    folders = [PurePosixPath(place) for place in places if place.count("/") <= 1 and (ROOT / place).is_dir()]
    looked_at = [each for each in folders if each.name not in UNNAMED and each.parts[0] != "templates"]
    assert len(looked_at) > 40
    assert [str(each) for each in sorted(looked_at) if not re.search(rf"\b{each.name.strip('.')}/", text)] == []


def pages():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))]
    assert len(texts) > 40
    return "\n".join(texts)


def test_each_command_of_the_product_that_is_named_is_there():
    named = set(re.findall(r"manage\.py (\w+)", pages()))
    assert len(named) > 15
    assert sorted(named - set(get_commands())) == []


def test_each_target_of_make_that_is_named_is_there():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4})(?:\w+=\S+ )*make (\w+)", pages(), re.MULTILINE))
    assert len(named) > 10
    assert sorted(named - targets) == []
