"""A folder on an SFTP server: its key is known beforehand, its files are read in blocks, and moved by renaming.

The library talks asynchronously; everything here returns when it is done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import asyncssh

from connectors.http import NotAllowed, NotFound, NotLetIn, Unreachable, VendorError

BLOCK = 256 * 1024
SECONDS = 30
LATEST = 2**33  # seconds since 1970: what a server says beyond, no file system keeps
TAKEN = 100  # so many names are tried where one is taken already
T = TypeVar("T")
asyncssh.set_log_level("WARNING")  # else it tells of each connection, with names of hosts and users


class UnknownHost(VendorError):
    """The server's key is not the one that was entered; nothing was sent to it."""


class WrongKey(VendorError):
    """The private key cannot be read."""


@dataclass(frozen=True)
class Entry:
    """A file as it is listed: bytes, and the second at which it was last changed."""

    name: str
    size: int
    changed: int


@dataclass(frozen=True)
class Account:
    """Where to, and as whom: by password or private key (PEM). `fingerprint` is `SHA256:…` of the server's key."""

    host: str
    port: int
    user: str
    fingerprint: str
    password: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)


class _Pinned(asyncssh.SSHClient):
    """Believes the one key alone, and remembers which it was shown."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint, self.shown = fingerprint, ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Whether it is the key that was entered."""
        self.shown = key.get_fingerprint()
        return bool(self.fingerprint) and self.shown == self.fingerprint


class Sftp:
    """One folder of one server; connects when it is first asked."""

    def __init__(self, account: Account, directory: str) -> None:
        self.account, self.directory = account, directory.rstrip("/") or "."
        self.pinned = _Pinned(account.fingerprint)
        self._runner: asyncio.Runner | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

    def listed(self) -> list[Entry]:
        """The files in the folder; links and folders are none."""
        return self._done(self._listed)

    def read(self, name: str, begin: int, write: Callable[[bytes], Any]) -> None:
        """Hands a file's bytes from `begin` on to `write`, block by block."""
        return self._done(lambda: self._read(name, begin, write))

    def now(self, name: str) -> Entry | None:
        """A file as it is at this moment; None where it is gone."""
        return self._done(lambda: self._now(name))

    def move(self, name: str, to: str) -> None:
        """Moves a file into a folder below, under another name where its own is taken; a gone one is no error."""
        return self._done(lambda: self._move(name, to))

    def close(self) -> None:
        """Ends the connection."""
        if self._runner is not None:
            if self._connection is not None:
                self._connection.abort()
            self._runner.close()
        self._runner = self._connection = self._sftp = None

    def _done(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._runner is None:
            self._runner = asyncio.Runner()
        with self._named():
            return self._runner.run(self._connected(ask))

    async def _connected(self, ask: Callable[[], Awaitable[T]]) -> T:
        if self._sftp is None:
            self._connection = await asyncssh.connect(**self._how())
            self._sftp = await self._connection.start_sftp_client()
        return await ask()

    def _how(self) -> dict[str, Any]:
        """As entered, and by nothing else that this machine may have: no agent, no configuration, no known hosts."""
        account = self.account
        found: dict[str, Any] = {"host": account.host, "port": account.port, "username": account.user}
        found |= {"client_factory": lambda: self.pinned, "known_hosts": b"", "config": None, "agent_path": None}
        found |= {"connect_timeout": SECONDS, "login_timeout": SECONDS, "keepalive_interval": SECONDS}
        keys = [asyncssh.import_private_key(account.private_key)] if account.private_key else None
        return found | {"client_keys": keys, "password": account.password, "gss_host": None}

    async def _listed(self) -> list[Entry]:
        assert self._sftp is not None
        names = self._sftp.scandir(self.directory)
        regular = asyncssh.FILEXFER_TYPE_REGULAR
        return [_entry(str(one.filename), one.attrs) async for one in names if one.attrs.type == regular]

    async def _read(self, name: str, begin: int, write: Callable[[bytes], Any]) -> None:
        assert self._sftp is not None
        async with self._sftp.open(self._path(name), "rb") as stream:
            await stream.seek(begin)
            while block := await stream.read(BLOCK):
                write(cast(bytes, block))

    async def _now(self, name: str) -> Entry | None:
        assert self._sftp is not None
        try:
            return _entry(name, await self._sftp.lstat(self._path(name)))
        except asyncssh.SFTPNoSuchFile:
            return None

    async def _move(self, name: str, to: str) -> None:
        assert self._sftp is not None
        await self._sftp.makedirs(self._path(to), exist_ok=True)
        stem, dot, suffix = name.rpartition(".")
        for number in range(TAKEN):
            target = f"{to}/{stem}.{number}{dot}{suffix}" if number else f"{to}/{name}"
            if not await self._sftp.lexists(self._path(target)):
                break
        try:
            await self._sftp.rename(self._path(name), self._path(target))
        except asyncssh.SFTPNoSuchFile:
            return

    def _path(self, name: str) -> str:
        return f"{self.directory}/{name}"

    @contextmanager
    def _named(self) -> Iterator[None]:
        """What goes wrong, by the names that every feed has for it."""
        where = f"{self.account.host}:{self.account.port}"
        try:
            yield
        except asyncssh.HostKeyNotVerifiable as error:
            shown = self.pinned.shown or "no key"
            raise UnknownHost(f"{where} shows {shown}, which is not the fingerprint that was entered.") from error
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise WrongKey(f"The private key cannot be read: {error}.") from error
        except asyncssh.PermissionDenied as error:
            raise NotLetIn(f"{where} does not let {self.account.user} in.") from error
        except asyncssh.SFTPNoSuchFile as error:
            raise NotFound(f"{where}: {self.directory}: {error.reason}") from error
        except asyncssh.SFTPPermissionDenied as error:
            raise NotAllowed(f"{where}: {self.directory}: {error.reason}") from error
        except (asyncssh.Error, OSError, TimeoutError) as error:
            self.close()
            raise Unreachable(f"{where}: {type(error).__name__}: {error}") from error


def _entry(name: str, said: asyncssh.SFTPAttrs) -> Entry:
    return Entry(name, int(said.size or 0), min(int(said.mtime or 0), LATEST))
