"""Backups: made while people work, brought back whole, refused where they are not."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions.models import TrailEntry
from exceptions.people.tokens import create_token
from reconciliation.project import backup
from reconciliation.project.backup import BackupRefused, back_up, restore
from tests.exceptions.people import someone

OLD, NEW = {"EMBEDDED_POSTGRES": "16"}, {"EMBEDDED_POSTGRES": "18"}


@pytest.fixture
def made(transactional_db, settings, tmp_path):
    """A backup of a small product, and the manifest it came with."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "attachments").mkdir(parents=True)
    (tmp_path / "media" / "attachments" / "proof.pdf").write_bytes(b"proof")
    create_token(name="nightly", scopes=["read"], expires_at=timezone.now() + timedelta(days=90))
    TrailEntry.objects.create(at=timezone.now(), by=someone("amira").user, move="note", about="backup", source="test")
    return tmp_path / "backup", back_up(tmp_path / "backup", at=timezone.now())


def test_a_backup_names_its_rows_its_files_and_the_head_of_the_trail(made):
    folder, manifest = made
    assert manifest.rows["trail_entry"] == 1
    assert manifest.files == {"attachments/proof.pdf": backup._digest(folder / "files/attachments/proof.pdf")}
    assert manifest.head != "0" * 64, "what was done before is sealed first"
    assert json.loads((folder / "manifest.json").read_text())["dump"] == manifest.dump


def test_a_folder_with_something_in_it_is_left_alone(made):
    folder, _ = made
    with pytest.raises(BackupRefused, match="not empty"):
        back_up(folder, at=timezone.now())


def test_nothing_is_brought_back_over_what_is_there(made):
    with pytest.raises(BackupRefused, match="The database is not empty"):
        restore(made[0])


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "no whole backup"),
        (lambda folder: (folder / "manifest.json").write_text("{}"), "cannot be read"),
        (lambda folder: (folder / "database.dump").write_bytes(b"x"), "not what was backed up"),
        (lambda folder: (folder / "files/attachments/proof.pdf").unlink(), "is missing"),
    ],
    ids=["broken off", "another manifest", "a changed dump", "a lost file"],
)
def test_a_backup_that_is_not_whole_is_refused(made, harm, why):
    harm(made[0])
    with pytest.raises(BackupRefused, match=why):
        restore(made[0])


def test_it_comes_back_whole_into_an_empty_installation_and_into_no_other(made, manage):
    folder, _ = made
    back = manage("restore", str(folder))
    assert back.returncode == 0, back.stderr
    assert "the trail whole" in back.stdout
    assert "nightly" in manage("token", "list").stdout, "the product's role has its rights there"
    again = manage("restore", str(folder))
    assert again.returncode == 1
    assert "not empty" in again.stderr


@pytest.mark.slow
def test_from_postgresql_16_into_an_empty_18(manage, tmp_path):
    assert manage("migrate", "--verbosity=0", **OLD).returncode == 0
    token = manage("token", "create", "--name", "nightly", "--scope", "read", "--expires", "90d", **OLD)
    assert token.returncode == 0, token.stderr
    made = manage("backup", str(tmp_path / "old"), **OLD)
    assert made.returncode == 0, made.stderr
    back = manage("restore", str(tmp_path / "old"), **NEW)
    assert back.returncode == 0, back.stderr
    assert "the trail whole" in back.stdout
    assert "nightly" in manage("token", "list", **NEW).stdout, "the product's role has its rights there"
    assert manage("trail", "verify", **NEW).returncode == 0
    assert manage("migrate", "--check", **NEW).returncode == 0
    again = manage("restore", str(tmp_path / "old"), **NEW)
    assert again.returncode == 1
    assert "not empty" in again.stderr


def test_a_newer_dump_is_not_tried_on_an_older_server(made, monkeypatch):
    monkeypatch.setattr(backup, "_version", lambda: 16)
    monkeypatch.setattr(backup, "_row_counts", dict)
    with pytest.raises(BackupRefused, match="is of PostgreSQL 18; the server is 16"):
        restore(made[0])
