"""What the tests of file feeds share: a folder, a sender, and a file system that dies."""

from contextlib import contextmanager

import httpx

from connectors.pull import pull
from connectors.registry import connector
from connectors.warehouse.file.simulator import Sender
from exceptions.pulling import take_in_lines
from tests.connectors.vendors import Clock, Killed, access, connected


def no_network(request):
    raise AssertionError("files are read without a network")


NOWHERE = httpx.MockTransport(no_network)


def folder_of(kind, tmp_path, settings, **given):
    """(connection, sender, clock) of a system of this kind with a folder below `tmp_path`."""
    settings.FILE_FEEDS_DIR = tmp_path
    clock = Clock()
    connection = connected(kind, "file", system=kind, settings={"folder": "dav"} | given)
    return connection, Sender(tmp_path / "dav", clock), clock


def row(columns, **said):
    return {name: said.get(name, "") for name in columns}


def one_pull(connection, clock, feed):
    made = connector(connection.kind, "file")
    return pull(connection, made, made.feed(feed), access=access(connection, NOWHERE, clock), take_in=take_in_lines)


@contextmanager
def dying_before(step, monkeypatch, *more):
    """Kills before the `step`-th time that a page is asked for or a file is moved; says how many there were.

    `more` are methods that count besides, as (class, name).
    """
    from connectors.folder import FolderClient

    counted = [0]

    def mortal(method):
        def call(self, *args, **asked):
            if counted[0] == step:
                raise Killed
            counted[0] += 1
            return method(self, *args, **asked)

        return call

    with monkeypatch.context() as patch:
        for owner, name in ((FolderClient, "page"), (FolderClient, "_finish"), (FolderClient, "_piece"), *more):
            patch.setattr(owner, name, mortal(getattr(owner, name)))
        yield counted
