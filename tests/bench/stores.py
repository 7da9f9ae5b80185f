"""The databases that a centre is measured on: copies of a SQLite file, and of a database of PostgreSQL.

Of one base several copies are made, so that ours, the bare driver and a served centre begin alike.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from app.bootstrap import sqlite
from tests.bench.grown import Say
from tests.bench.raw import Player, RawPostgres, RawWriter
from tests.postgres import Cluster, find_programs

CENTRE_PRAGMAS = ("cache_size=-65536", "wal_autocheckpoint=8000")
# What the targets were judged by; fsync and synchronous_commit stay on, as they are by themselves.
_SETTINGS = ("shared_buffers=2GB", "max_wal_size=8GB")
_SMALL_SETTINGS = ("shared_buffers=64MB",)
_FILE = "centre.db"


class Store(Protocol):
    """Where databases are; each goes by a word, and `folder` of it holds the centre's key."""

    name: str

    def folder(self, which: str) -> Path:
        """The files beside a database."""

    def url(self, which: str) -> str:
        """The address of a database."""

    def copy(self, base: str, to: str) -> None:
        """Makes a database like another one, which nobody has open."""

    def player(self, which: str) -> Player:
        """The bare driver on a database."""


class SqliteStore:
    """Files in a folder."""

    name = "sqlite"

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, which: str) -> Path:
        """The folder with the file."""
        found = self._root / f"sqlite-{which}"
        found.mkdir(parents=True, exist_ok=True)
        return found

    def url(self, which: str) -> str:
        """The file."""
        return f"sqlite:///{self.folder(which) / _FILE}"

    def copy(self, base: str, to: str) -> None:
        """Copies the folder."""
        shutil.copytree(self.folder(base), self.folder(to), dirs_exist_ok=True)

    def player(self, which: str) -> Player:
        """Set up as the centre sets its own writer up."""
        return RawWriter(self.folder(which) / _FILE, sqlite.choose().module, CENTRE_PRAGMAS)


class PostgresStore:
    """Databases of one cluster; `where` is how the bare driver finds one."""

    name = "postgres"

    def __init__(self, root: Path, cluster: Cluster) -> None:
        self._root = root
        self._cluster = cluster
        self._known: dict[str, str] = {}

    def folder(self, which: str) -> Path:
        """The folder with the key."""
        found = self._root / f"postgres-{which}"
        found.mkdir(parents=True, exist_ok=True)
        return found

    def url(self, which: str) -> str:
        """Made when it is asked for first."""
        if which not in self._known:
            self._known[which] = self._cluster.database()
        return self._known[which]

    def where(self, which: str) -> str:
        """What the driver itself wants to know."""
        name = self.url(which).partition("@/")[2].partition("?")[0]
        return f"host={self._cluster.folder} user=backhaul dbname={name}"

    def copy(self, base: str, to: str) -> None:
        """Copies the database in the server, and the key beside it."""
        shutil.copytree(self.folder(base), self.folder(to), dirs_exist_ok=True)
        before, _, after = self.url(base).partition("?")
        name = before.rpartition("/")[2]
        self._cluster.execute(f"CREATE DATABASE {name}_{to} TEMPLATE {name}")
        self._known[to] = f"{before}_{to}?{after}"

    def player(self, which: str) -> Player:
        """One connection."""
        return RawPostgres(self.where(which))


@contextmanager
def postgres_store(root: Path, say: Say, *, small: bool = False) -> Iterator[PostgresStore | None]:
    """A throw-away cluster that keeps what it is told; None, and said so, where there is no server.

    `small` asks for little memory, for trying the measurements out.
    """
    programs = find_programs()
    if programs is None:
        say("PostgreSQL's server programs are not installed here: it is left out")
        yield None
        return
    # Not below `root`: a socket's path is short, and the server's user must be able to come there.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        cluster = Cluster(programs, Path(folder))
        cluster.make()
        cluster.start(*(_SMALL_SETTINGS if small else _SETTINGS))
        try:
            yield PostgresStore(root, cluster)
        finally:
            cluster.stop()


@contextmanager
def stores(root: Path, say: Say, *, small: bool = False) -> Iterator[list[Store]]:
    """SQLite, and PostgreSQL where it is."""
    with postgres_store(root, say, small=small) as large:
        found: list[Store] = [SqliteStore(root)]
        if large is not None:
            found.append(large)
        yield found
