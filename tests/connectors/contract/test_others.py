"""A contract run never passes over a vendor's specification that is not there; this needs no Node, and runs always."""

import pytest

from tests.connectors.contract.others import beside


def test_a_specification_that_lacks_fails_and_says_where_it_is_looked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("SHARED_DIR", str(tmp_path))
    with pytest.raises(
        pytest.fail.Exception, match=r"SHARED_DIR names, else in \.\./shared, and .*/xero\.yaml is not there"
    ):
        beside("vendor_specs", "xero.yaml")


def test_specifications_are_read_from_the_folder_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SHARED_DIR", str(tmp_path))
    written = tmp_path / "vendor_specs" / "xero.yaml"
    written.parent.mkdir()
    written.touch()
    assert beside("vendor_specs", "xero.yaml") == written
