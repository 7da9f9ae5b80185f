"""A throw-away PostgreSQL cluster: a temporary folder, a Unix socket, no network, gone afterwards."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from sync.central.store.database import create_database

# The server refuses to run as root; this user exists on every system that has one.
_PLAIN_USER = "nobody"
# The first version that has two ways to copy a database.
_TWO_WAYS = 15
_MISSING = "PostgreSQL's server programs (initdb, pg_ctl) are not installed here"


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or where Debian puts the newest version."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    return versions[-1].parent if versions else None


def required_programs(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the programs; without them a skip that says so, and a failure where CI is set."""
    programs = find_programs()
    if programs is not None:
        return programs
    if environment.get("CI"):
        pytest.fail(
            f"{_MISSING}, and where CI is set they must be: see .ci/prepare --database", pytrace=False
        )
    pytest.skip(_MISSING)


class Server:
    """One server in a folder of its own, reached by a socket in that folder."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.user = _PLAIN_USER if os.getuid() == 0 else getpass.getuser()
        if os.getuid() == 0:
            shutil.chown(folder, self.user)

    def make(self) -> None:
        """A new cluster."""
        self.run("initdb", "-D", "data", "-A", "trust", "-U", "backhaul", "-E", "UTF8", "--no-sync")

    def start(self, *settings: str) -> None:
        """Starts, or starts again, with `name=value` settings."""
        given = ["listen_addresses=''", f"unix_socket_directories='{self.folder}'", *settings]
        options = " ".join(f"-c {setting}" for setting in given)
        self.run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        """Stops without a checkpoint, as when it crashed."""
        self.run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def version(self) -> int:
        """The server's major version."""
        return int((self.folder / "data" / "PG_VERSION").read_text())

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Runs one statement as the superuser."""
        where = f"host={self.folder} user=backhaul dbname={database}"
        with psycopg.connect(where, autocommit=True) as conn:
            done = conn.execute(statement.encode())
            return done.fetchall() if done.description else []

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of the programs in the folder, as a user that a server accepts."""
        command = [str(self.programs / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        done = subprocess.run(
            command,
            cwd=self.folder,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert done.returncode == 0, done.stderr


class Cluster(Server):
    """A running cluster that makes databases; what it was told is gone when the machine stops."""

    def __init__(self, programs: Path, folder: Path) -> None:
        super().__init__(programs, folder)
        self._made = 0
        self._ready: str | None = None

    def database(self) -> str:
        """The URL of a fresh database."""
        self._made += 1
        name = f"centre_{self._made}"
        self._create(name, "template1")
        return f"postgresql+psycopg://backhaul@/{name}?host={self.folder}"

    def ready(self) -> str:
        """The URL of a fresh database that is at this version and empty: a copy of one made once."""
        if self._ready is None:
            url = self.database()
            create_database(url).close()
            self._ready = f"centre_{self._made}"
        self._made += 1
        name = f"centre_{self._made}"
        self._create(name, self._ready)
        return f"postgresql+psycopg://backhaul@/{name}?host={self.folder}"

    def _create(self, name: str, template: str) -> None:
        # File by file: the other way, which newer servers take by themselves, writes every page twice.
        files = "" if self.version() < _TWO_WAYS else " STRATEGY file_copy"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}{files}")

    def role(self) -> str:
        """The name of a fresh role that may log in and nothing else."""
        self._made += 1
        self.execute(f"CREATE ROLE service_{self._made} LOGIN")
        return f"service_{self._made}"


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster for a test session, or a skip that says what is missing."""
    programs = required_programs()
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        cluster = Cluster(programs, Path(folder))
        cluster.make()
        # Hundreds of databases that live for a moment: nothing of them has to outlive anything, or be tidied.
        cluster.start("fsync=off", "full_page_writes=off", "autovacuum=off")
        try:
            yield cluster
        finally:
            cluster.stop()
