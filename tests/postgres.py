"""A throw-away PostgreSQL cluster: a temporary folder, a Unix socket, no network, gone afterwards."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

# The server refuses to run as root; this user exists on every system that has one.
_PLAIN_USER = "nobody"


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or where Debian puts the newest version."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    return versions[-1].parent if versions else None


class Cluster:
    """A running cluster that makes databases."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._user = _PLAIN_USER if os.getuid() == 0 else getpass.getuser()
        self._made = 0

    def start(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", "data", "-A", "trust", "-U", "backhaul", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}' -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def database(self) -> str:
        """The URL of a fresh database."""
        self._made += 1
        name = f"centre_{self._made}"
        with psycopg.connect(f"host={self._folder} user=backhaul dbname=postgres", autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://backhaul@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", self._user, "--", *command]
        done = subprocess.run(
            command,
            cwd=self._folder,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster for a test session, or a skip that says what is missing."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs (initdb, pg_ctl) are not installed here")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        cluster = Cluster(programs, Path(folder))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
