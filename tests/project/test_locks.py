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


@pytest.mark.parametrize("options", [(), ("--dev",)])
def test_the_bill_of_materials_names_every_locked_package_with_its_hashes(manage, options):
    said = manage("sbom", *options)
    assert said.returncode == 0, said.stderr
    made = json.loads(said.stdout)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert all(one["hashes"] and one["version"] for one in made["components"])
    named = {one["purl"] for one in made["components"]}
    name = "requirements-dev.txt" if options else "requirements.txt"
    locked = re.findall(r"^([^\s=#]+)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    assert locked
    assert {f"pkg:pypi/{package}@{version}" for package, version in locked} <= named
    assert any(purl.startswith("pkg:npm/htmx.org@") for purl in named)
    assert json.loads(manage("sbom", *options).stdout)["serialNumber"] == made["serialNumber"]
