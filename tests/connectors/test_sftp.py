"""Files on an SFTP server: of a known server alone, when they are whole, in blocks, on from where it was cut off."""

import os
import tracemalloc

import asyncssh
import pytest

from connectors.connecting import try_connection
from connectors.credentials import keep_secret
from connectors.paging import Window
from connectors.registry import connector
from connectors.remote_folder import RemoteFolder
from connectors.sftp import BLOCK, Account, Entry, Sftp, _entry
from connectors.warehouse.file.client import WarehouseFiles
from connectors.warehouse.file.simulator import Sender
from reconciliation.models import RejectedLine
from tests.connectors.files import NOWHERE, dying_before, one_pull
from tests.connectors.sftp_server import serving
from tests.connectors.vendors import BEGIN, Clock, Killed, access, connected, ledger, pull_all, undone

pytestmark = pytest.mark.django_db
SHP = WarehouseFiles.kinds["despatches"].columns


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path / "theirs") as made:
        yield made


@pytest.fixture
def warehouses(server, tmp_path, settings):
    """A function that connects a warehouse at the server: (connection, its sender, clock)."""
    settings.FILE_FEEDS_DIR = tmp_path / "ours"

    def make(folder="dav", *, password=None, key=None, **given):
        entered = {"folder": folder, "host": "127.0.0.1", "port": str(server.port), "user": server.user}
        entered |= {"host_key": server.fingerprint, "whole_when": "renamed"} | given
        secrets = {"private_key": key} if key else {"password": password or server.password}
        clock = Clock()
        connection = connected("warehouse", "file", system="warehouse", settings=entered, secrets=secrets)
        return connection, Sender(server.root, clock), clock

    return make


def shipped(id):
    said = {"warehouse_code": "DAV", "shipment_id": id, "line_ref": "1", "sku": "TEE", "qty_shipped": "4"}
    return said | {"order_number": "#1001", "despatched_at": "2026-11-20T08:00:00Z"}


def pull_despatches(connection, clock):
    pull_all(connection, NOWHERE, clock, "despatches")


def shipments():
    return {id for _, id in ledger("fulfilment")}


@pytest.mark.parametrize("by", ["password", "key"])
def test_files_are_fetched_read_and_moved_away_on_the_server(warehouses, server, tmp_path, by):
    connection, sender, clock = warehouses(**({"key": server.pem()} if by == "key" else {}))
    path = sender.send("shp", SHP, [shipped("S1"), shipped("S2")])
    pull_despatches(connection, clock)
    assert shipments() == {"S1", "S2"}
    assert not path.exists()
    assert (server.root / "processed" / path.name).exists()
    assert (tmp_path / "ours" / "dav" / "processed" / path.name).exists()
    pull_despatches(connection, clock)
    assert not RejectedLine.objects.exists()


def test_a_bad_file_goes_to_rejected_on_the_server(warehouses, server):
    connection, sender, clock = warehouses()
    path = sender.send("shp", SHP[:3], [{"warehouse_code": "DAV"}])
    pull_despatches(connection, clock)
    assert (server.root / "rejected" / path.name).exists()
    assert "the header lacks" in bytes(RejectedLine.objects.get().raw).decode()


@pytest.mark.parametrize("entered", ["", "SHA256:Bm90LXRoZS1rZXktb2YtdGhpcy1zZXJ2ZXItYXQtYWxsLg"])
def test_a_server_with_another_key_is_told_nothing(warehouses, server, entered):
    connection, sender, clock = warehouses(host_key=entered)
    sender.send("shp", SHP, [shipped("S1")])
    made = connector("warehouse", "file")
    (words,) = try_connection(connection, made, access=access(connection, NOWHERE, clock))
    assert server.fingerprint in words  # for a person to compare with what the server's owner says
    assert one_pull(connection, clock, "despatches").error == words
    assert server.callers == []


def test_a_wrong_password_and_a_key_that_is_none_are_said(warehouses, server):
    made = connector("warehouse", "file")
    connection, _, clock = warehouses(password="guessed")
    assert try_connection(connection, made, access=access(connection, NOWHERE, clock)) == [
        f"127.0.0.1:{server.port} does not let harbour in."
    ]
    keep_secret(connection, "private_key", "-----BEGIN NONSENSE-----", at=BEGIN)
    (words,) = try_connection(connection, made, access=access(connection, NOWHERE, clock))
    assert words.startswith("The private key cannot be read")


def test_a_file_that_still_grows_is_left_alone(warehouses, server):
    connection, sender, clock = warehouses(whole_when="settled")
    path = sender.send("shp", SHP, [shipped("S1")])
    pull_despatches(connection, clock)
    assert shipments() == set()
    with path.open("a") as growing:
        growing.write(",".join(shipped("S2").get(name, "") for name in SHP) + "\n")
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 7))
    clock.pass_by(minutes=5)
    pull_despatches(connection, clock)
    assert shipments() == set()
    clock.pass_by(minutes=5)
    pull_despatches(connection, clock)
    assert shipments() == {"S1", "S2"}


def test_a_part_is_no_file_yet(warehouses):
    connection, sender, clock = warehouses()
    part = sender.begin("shp_DAV_20261120120000.csv.part", SHP, [shipped("S1")])
    pull_despatches(connection, clock)
    assert shipments() == set()
    part.rename(part.with_suffix(""))
    pull_despatches(connection, clock)
    assert shipments() == {"S1"}


def test_files_may_be_left_where_they_are(warehouses):
    connection, sender, clock = warehouses(when_read="leave")
    path = sender.send("shp", SHP, [shipped("S1")])
    for _ in range(3):
        pull_despatches(connection, clock)
        clock.pass_by(minutes=5)
    assert path.exists()
    assert shipments() == {"S1"}
    assert not RejectedLine.objects.exists()


def test_another_file_of_a_name_that_was_read_is_refused(warehouses, server):
    connection, sender, clock = warehouses()
    path = sender.send("shp", SHP, [shipped("S1")])
    pull_despatches(connection, clock)
    sender.begin(path.name, SHP, [shipped("S2"), shipped("S3")])
    pull_despatches(connection, clock)
    assert shipments() == {"S1"}
    assert "another file of this name" in bytes(RejectedLine.objects.get().raw).decode()
    assert (server.root / "rejected" / path.name).exists()


def test_a_fetch_that_broke_off_goes_on_where_it_was(warehouses, server, monkeypatch):
    monkeypatch.setattr("connectors.sftp.BLOCK", 1_000)
    connection, sender, clock = warehouses()
    sender.send("shp", SHP, [shipped(f"S{n}") for n in range(100)])
    server.break_after = 4
    assert "127.0.0.1" in one_pull(connection, clock, "despatches").error
    assert shipments() == set()
    begun, reading = [], Sftp.read

    def noted(self, name, begin, write):
        begun.append(begin)
        reading(self, name, begin, write)

    monkeypatch.setattr(Sftp, "read", noted)
    server.break_after = None
    clock.pass_by(minutes=5)
    pull_despatches(connection, clock)
    assert len(shipments()) == 100
    assert begun[0] >= 3_000


def test_a_big_file_takes_little_memory(server, tmp_path):
    size = 40 * BLOCK
    (server.root / "shp_big.csv").write_bytes(os.urandom(BLOCK) * 40)
    account = Account("127.0.0.1", server.port, server.user, server.fingerprint, server.password)
    sftp, taken = Sftp(account, "."), []
    try:
        (entry,) = sftp.listed()
        assert entry == Entry("shp_big.csv", size, entry.changed)
        tracemalloc.start()
        with (tmp_path / "copy").open("wb") as out:
            sftp.read(entry.name, 0, lambda block: (out.write(block), taken.append(len(block))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        sftp.close()
    assert sum(taken) == size
    assert peak < size / 2


@pytest.mark.slow
def test_80_mib_are_fetched_read_and_moved_away_in_little_memory(warehouses, server):
    connection, sender, clock = warehouses()
    size, sparse = 80 * 1024 * 1024, "\N{MIDDLE DOT}" * 50_000
    rows = ({**shipped(f"S{n}"), "notes": sparse} for n in range(size // 100_000 + 1))
    path = sender.send("shp", (*SHP, "notes"), rows)
    assert path.stat().st_size > size
    client, read, window = WarehouseFiles(access(connection, NOWHERE, clock)), 0, Window(None, clock())
    tracemalloc.start()
    try:
        page = client.page("despatches", window, None)
        while page.following is not None:
            read += len(page.items)
            page = client.page("despatches", window, page.following)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        client.close()
    assert read == size // 100_000 + 1
    assert (server.root / "processed" / path.name).exists()
    assert peak < 32 * 1024 * 1024  # of the server besides, which is in this process


def test_files_that_are_too_long_are_not_fetched_and_the_others_are_read(warehouses, server, tmp_path, settings):
    settings.FILE_FEEDS_LARGEST = 2_000
    connection, sender, clock = warehouses()
    long = sender.send("shp", SHP, [shipped(f"S{n}") for n in range(100)])
    sender.send("shp", SHP, [shipped("T1")])
    longer = sender.send("shp", SHP, [shipped(f"U{n}") for n in range(200)])
    pull_despatches(connection, clock)
    assert shipments() == {"T1"}
    assert {one.name for one in (server.root / "rejected").iterdir()} == {long.name, longer.name}
    assert RejectedLine.objects.count() == 2
    assert not list((tmp_path / "ours" / "dav").rglob(f"*{long.name}*"))


def test_names_that_lead_elsewhere_are_not_fetched(warehouses, tmp_path):
    connection, _, clock = warehouses()
    folder = RemoteFolder(access(connection, NOWHERE, clock), tmp_path / "ours" / "dav")
    folder.sftp.listed = lambda: [Entry(f"shp_{way}.csv", 1, 1) for way in ("/../../x", "..\\x", "a\0b")]
    folder.fetch("shp", (), 1_000)
    assert [one.name for one in (tmp_path / "ours" / "dav").iterdir()] == []
    folder.close()


class Server:
    """A server that says of its files whatever it likes."""

    def __init__(self, *entries, content=b"x"):
        self.entries, self.content, self.sent = entries, content, 0

    def listed(self):
        return list(self.entries)

    def read(self, name, begin, write):
        for _ in range(1_000):
            self.sent += len(self.content)
            write(self.content)

    def now(self, name):
        return next(one for one in self.entries if one.name == name)

    def close(self):
        """Nothing is open."""


@pytest.fixture
def told_by(warehouses, tmp_path):
    """A function that fetches once what such a server says; what then lies in our folder."""
    connection, _, clock = warehouses(whole_when="renamed")
    folder = RemoteFolder(access(connection, NOWHERE, clock), tmp_path / "ours" / "dav")

    def fetch(server):
        folder.close()
        folder.sftp = server
        folder.fetch("shp", (), 1_000_000)
        return sorted(one.name for one in folder.root.iterdir())

    return fetch


def test_a_server_that_sends_without_end_fills_no_disk(told_by):
    server = Server(Entry("shp_1.csv", 10, 1), content=b"x" * 4)
    assert told_by(server) == []
    assert server.sent == 12


@pytest.mark.parametrize("name", ["shp_**.csv", "shp_[a.csv", "shp_?.csv", f"shp_{'é' * 90}.csv", "shp_{}%s.csv"])
def test_a_name_that_means_something_to_a_file_system_is_only_a_name(told_by, tmp_path, name):
    other = tmp_path / "ours" / "dav" / ".shp_a.csv.9-9.part"
    other.write_bytes(b"half")
    assert told_by(Server(Entry(name, 1_000, 1))) == sorted([other.name, name])


def test_a_name_or_a_moment_beyond_what_a_file_system_keeps_stops_nothing(told_by):
    long = Entry(f"shp_{'x' * 250}.csv", 1_000, 1)
    assert told_by(Server(long, Entry("shp_2.csv", 1_000, 2**33))) == ["shp_2.csv"]
    assert _entry("shp_3.csv", asyncssh.SFTPAttrs(size=1, mtime=2**64 - 1)).changed == 2**33


def test_a_kill_at_any_step_loses_nothing(warehouses, server, monkeypatch):
    monkeypatch.setattr("connectors.folder.PIECE", 2)
    steps_of_the_server = [(Sftp, "listed"), (Sftp, "read"), (Sftp, "now"), (Sftp, "move")]

    def make(name):
        for old in server.root.rglob("*.csv"):
            old.unlink()
        connection, sender, clock = warehouses(name)
        sender.send("shp", SHP, [shipped(f"S{n}") for n in range(5)])
        sender.send("shp", SHP, [shipped("S9")])
        return connection, sender, clock

    with undone(), dying_before(-1, monkeypatch, *steps_of_the_server) as counted:
        connection, _, clock = make("whole")
        pull_despatches(connection, clock)
        whole, steps = ledger(), counted[0]
    assert len(whole) == 6
    assert steps > 12
    for step in range(steps):
        with undone():
            connection, _, clock = make(f"killed-{step}")
            with dying_before(step, monkeypatch, *steps_of_the_server), pytest.raises(Killed):
                pull_despatches(connection, clock)
            clock.pass_by(minutes=5)
            pull_despatches(connection, clock)
            assert ledger() == whole, f"killed before step {step}"
            assert not RejectedLine.objects.exists()
            assert len(list((server.root / "processed").glob("*.csv"))) == 2


def test_a_key_that_is_locked_is_said(warehouses, server):
    locked = server.client_key.export_private_key("pkcs8-pem", passphrase="hush").decode()
    connection, _, clock = warehouses(key=locked)
    (words,) = try_connection(connection, connector("warehouse", "file"), access=access(connection, NOWHERE, clock))
    assert words.startswith("The private key cannot be read")
    assert asyncssh.import_private_key(locked, "hush")
