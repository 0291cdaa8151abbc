"""Reading a folder: whole files alone, each once, in their order; killed anywhere, and nothing is lost."""

import pytest

from connectors.csv.records import Records
from connectors.folder import FolderTrouble
from connectors.models import Cursor
from connectors.warehouse.file.client import WarehouseFiles
from reconciliation.models import RejectedLine
from tests.connectors.files import NOWHERE, dying_before, folder_of, one_pull, row
from tests.connectors.vendors import Killed, access, ledger, pull_all, undone

pytestmark = pytest.mark.django_db
SHP, INV = (WarehouseFiles.kinds[feed].columns for feed in ("despatches", "stock"))


@pytest.fixture
def folders(tmp_path, settings, monkeypatch):
    monkeypatch.setattr("connectors.folder.PIECE", 2)
    return lambda **given: folder_of("warehouse", tmp_path, settings, **given)


def shipped(id, sku="TEE", quantity="4", **said):
    known = {"warehouse_code": "DAV", "shipment_id": id, "line_ref": sku, "sku": sku, "qty_shipped": quantity}
    return row(SHP, **known | {"order_number": "#1001", "despatched_at": "2026-11-20T08:00:00Z"} | said)


def level(sku, on_hand="10", **said):
    return row(INV, warehouse_code="DAV", sku=sku, on_hand=on_hand, quarantine="1", as_of="2026-11-20T11:00:00Z") | said


def files(sender, place="."):
    folder = sender.folder / place
    return sorted(one.name for one in folder.iterdir() if one.is_file()) if folder.exists() else []


def reasons():
    return sorted(bytes(raw).decode() for raw in RejectedLine.objects.values_list("raw", flat=True))


def test_files_are_read_and_moved_away(folders):
    connection, sender, clock = folders()
    path = sender.send("shp", SHP, [shipped(f"S{n}") for n in range(5)])
    pull_all(connection, NOWHERE, clock, "despatches")
    assert {id for _, id in ledger("fulfilment")} == {f"S{n}" for n in range(5)}
    assert files(sender) == ["ledger.txt"]
    assert files(sender, "processed") == [path.name]


def test_a_file_of_many_pieces_is_parsed_once(folders, monkeypatch):
    connection, sender, clock = folders()
    sender.send("shp", SHP, [shipped(f"S{n}") for n in range(40)])
    parsed = []

    def counted(*asked):
        parsed.append(asked[0])
        return Records(*asked)

    monkeypatch.setattr("connectors.folder.Records", counted)
    pull_all(connection, NOWHERE, clock, "despatches")
    assert len(ledger("fulfilment")) == 40
    assert len(parsed) == 1


def test_a_file_that_is_not_whole_yet_is_left_alone(folders):
    connection, sender, clock = folders()
    part = sender.begin("shp_DAV_20261120120000.csv.part", SHP, [shipped("S1")])
    pull_all(connection, NOWHERE, clock, "despatches")
    assert ledger() == {}
    part.rename(part.with_suffix(""))
    clock.pass_by(minutes=5)
    pull_all(connection, NOWHERE, clock, "despatches")
    assert set(ledger()) == {("fulfilment", "S1")}


def test_later_files_replace_what_earlier_ones_said(folders):
    connection, sender, clock = folders()
    sender.send("shp", SHP, [shipped("S1", quantity="4")])
    sender.send("shp", SHP, [shipped("S1", quantity="3")])
    pull_all(connection, NOWHERE, clock, "despatches")
    assert ledger()["fulfilment", "S1"]["lines"][0]["quantity"] == "3"


@pytest.mark.parametrize("feed", ["despatches", "stock"])
def test_a_kill_at_any_step_loses_nothing(folders, feed, monkeypatch, tmp_path):
    def make(name):
        connection, sender, clock = folders(folder=name)
        sender.folder = tmp_path / name
        sender.folder.mkdir()
        if feed == "despatches":
            sender.send("shp", SHP, [shipped(f"S{n}") for n in range(5)])
            sender.send("shp", SHP, [shipped("S1", quantity="1"), shipped("S9")])
        else:
            sender.send("inv", INV, [level("TEE"), level("MUG"), level("CAP")])
            sender.send("inv", INV, [level("TEE", "7"), level("CAP")])
        return connection, sender, clock

    with undone(), dying_before(-1, monkeypatch) as counted:
        connection, sender, clock = make("whole")
        pull_all(connection, NOWHERE, clock, feed)
        whole, steps = ledger(), counted[0]
    assert whole
    assert steps > 10
    for step in range(steps):
        with undone():
            connection, sender, clock = make(f"killed-{step}")
            with dying_before(step, monkeypatch), pytest.raises(Killed):
                pull_all(connection, NOWHERE, clock, feed)
            clock.pass_by(minutes=5)
            pull_all(connection, NOWHERE, clock, feed)
            assert ledger() == whole, f"killed before step {step}"
            assert len(files(sender, "processed")) == 2


def test_a_file_is_read_once(folders):
    connection, sender, clock = folders()
    path = sender.send("shp", SHP, [shipped("S1")])
    content = path.read_bytes()
    pull_all(connection, NOWHERE, clock, "despatches")
    for again, why in ((content, "it was read already"), (content + b"\n", "another file of this name")):
        path.write_bytes(again)
        clock.pass_by(minutes=5)
        pull_all(connection, NOWHERE, clock, "despatches")
        assert any(why in reason for reason in reasons())
    assert len(files(sender, "rejected")) == 2
    assert len(files(sender, "processed")) == 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("shp_DAV_20261120120000.csv", b"warehouse_code,sku\nDAV,TEE\n", "the header lacks order_number"),
        ("shp_DAV_20261120120000.csv", b"", "it is empty"),
        ("shp_DAV_20261399120000.csv", ",".join(SHP).encode(), "the name is not"),
        ("shp_today.csv", ",".join(SHP).encode(), "the name is not"),
        ("shp_DAV_20261120120000.csv", ",".join((*SHP, "sku")).encode(), "names sku twice"),
    ],
)
def test_a_file_of_another_shape_is_refused_whole(folders, name, content, why):
    connection, sender, clock = folders()
    (sender.folder / name).write_bytes(content)
    pull_all(connection, NOWHERE, clock, "despatches")
    (reason,) = reasons()
    assert why in reason
    assert files(sender, "rejected") == [name]
    assert files(sender) == []


def test_a_file_that_is_too_large_is_refused(folders, settings):
    settings.FILE_FEEDS_LARGEST = 1_000
    connection, sender, clock = folders()
    with (sender.folder / "shp_DAV_20261120120000.csv").open("wb") as stream:
        stream.truncate(1_001)
    pull_all(connection, NOWHERE, clock, "despatches")
    assert "longer than" in reasons()[0]


def test_bad_rows_are_refused_with_their_number_and_the_others_are_read(folders):
    connection, sender, clock = folders()
    path = sender.begin("shp_DAV_20261120120000.csv", SHP, [shipped("S1"), shipped("S2", quantity="four"), shipped("")])
    with path.open("ab") as stream:
        stream.write(b"DAV,too,few\r\n")
        stream.write(",".join(shipped("S3", sku="CAF\xc9").values()).encode("latin-1") + b"\r\n")
    pull_all(connection, NOWHERE, clock, "despatches")
    assert set(ledger()) == {("fulfilment", "S1")}
    said = " ".join(reasons())
    assert "Row 3: qty_shipped is 'four'" in said
    assert "row 4: one of shipment_id is empty" in said
    assert "row 5: it has 3 cells, the header 13" in said
    assert "row 6: it is not UTF-8" in said


def test_levels_that_a_snapshot_does_not_name_are_gone(folders):
    connection, sender, clock = folders()
    sender.send("inv", INV, [level("TEE"), level("MUG"), level("CAP")])
    sender.send("inv", INV, [row(INV, warehouse_code="LYON", sku="MUG", on_hand="5")])
    pull_all(connection, NOWHERE, clock, "stock")
    assert len(ledger("stock_level")) == 7
    sender.send("inv", INV, [level("TEE", "8")])
    clock.pass_by(minutes=5)
    pull_all(connection, NOWHERE, clock, "stock")
    found = {id: one["quantity"] for (_, id), one in ledger("stock_level").items()}
    assert found == {"DAV/TEE/sellable": "8", "DAV/TEE/quarantine": "1", "LYON/MUG/sellable": "5"}


def test_partial_snapshots_and_such_with_bad_rows_withdraw_nothing(folders):
    for given in ({"snapshots": "partial"}, {}):
        with undone():
            connection, sender, clock = folders(**given)
            sender.send("inv", INV, [level("TEE"), level("MUG")])
            sender.send("inv", INV, [level("TEE"), *([] if given else [level("")])])
            pull_all(connection, NOWHERE, clock, "stock")
            assert len(ledger("stock_level")) == 4
        for one in [*sender.folder.glob("*.txt"), *sender.folder.glob("processed/*")]:
            one.unlink()


def test_a_snapshot_that_is_late_is_an_error_of_the_feed(folders):
    connection, sender, clock = folders(snapshot_hours="26")
    assert "No snapshot has come yet" in one_pull(connection, clock, "stock").error
    sender.send("inv", INV, [level("TEE")])
    pull_all(connection, NOWHERE, clock, "stock")
    assert Cursor.objects.get(feed="stock").error == ""
    clock.pass_by(hours=27)
    assert "one is due every 26 hours" in one_pull(connection, clock, "stock").error


def test_the_connection_test_says_what_is_missing(folders):
    connection, sender, clock = folders()
    (sender.folder / "edi_945.csv").write_text("x")
    assert "edi_945.csv is of no known kind" in WarehouseFiles(access(connection, NOWHERE, clock)).missing()[0]
    connection.settings["folder"] = "elsewhere"
    assert "no folder elsewhere" in WarehouseFiles(access(connection, NOWHERE, clock)).missing()[0]
    assert "no folder elsewhere" in one_pull(connection, clock, "despatches").error


@pytest.mark.parametrize("name", ["", ".", "..", "../other", "/etc", "a/../.."])
def test_no_folder_beside_the_file_feeds_is_read(folders, name):
    connection, _, clock = folders()
    connection.settings["folder"] = name
    with pytest.raises(FolderTrouble):
        WarehouseFiles(access(connection, NOWHERE, clock))


def test_links_are_not_followed(folders, tmp_path):
    connection, sender, clock = folders()
    target = tmp_path / "outside"
    target.write_text(",".join(SHP) + "\n" + ",".join(shipped("S1").values()))
    (sender.folder / "shp_DAV_20261120120000.csv").symlink_to(target)
    pull_all(connection, NOWHERE, clock, "despatches")
    assert ledger() == {}
