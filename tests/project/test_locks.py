"""Lock files: versions and hashes, and no place to fetch them from."""

import json
import re

import pytest

from reconciliation.project.embedded import ROOT


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_each_package_has_a_version_and_hashes_only(name):
    text = re.sub(r"^(#.*)?\n", "", (ROOT / name).read_text(), flags=re.MULTILINE)
    for entry in re.split(r"(?<!\\)\n", text.strip()):
        package, *hashes = entry.replace("\\\n", " ").split()
        assert re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", package)
        assert hashes
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", part) for part in hashes)


def test_what_runs_is_what_is_tested():
    packages = {
        name: set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    }
    assert packages["requirements.txt"] <= packages["requirements-dev.txt"]


def test_page_libraries_name_no_place():
    lock = json.loads((ROOT / "static/package-lock.json").read_text())
    libraries = {path: facts for path, facts in lock["packages"].items() if path}
    assert all("integrity" in facts and "resolved" not in facts for facts in libraries.values())


def test_page_libraries_are_exact():
    package = json.loads((ROOT / "static/package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
