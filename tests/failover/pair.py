"""A PostgreSQL primary and a standby that confirms each commit, in two folders of this computer."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from tests.postgres import Server
from tests.processes import alive, gone

DATABASE = "centre"
_SETTINGS = ("synchronous_commit=on", "wal_level=replica", "max_wal_senders=4", "max_connections=120")
_TRIES, _PAUSE_S = 200, 0.05


class Pair:
    """Two servers; what the first acknowledges, the second has on its disk."""

    def __init__(self, programs: Path, folder: Path) -> None:
        # Closed to others but the server's user, who has to reach both.
        folder.chmod(0o755)
        for name in ("a", "b"):
            (folder / name).mkdir()
        self.primary = Server(programs, folder / "a")
        self.standby = Server(programs, folder / "b")

    @property
    def url(self) -> str:
        """Whichever of the two takes writes."""
        hosts = f"host={self.primary.folder},{self.standby.folder}"
        return f"postgresql+psycopg://backhaul@/{DATABASE}?{hosts}&target_session_attrs=read-write"

    def start(self, *, standby: bool) -> None:
        """Makes the primary and, when wanted, a standby that every commit waits for."""
        self.primary.make()
        self.primary.start(*_SETTINGS)
        self.primary.execute(f"CREATE DATABASE {DATABASE}")
        if not standby:
            return
        source = f"host={self.primary.folder} user=backhaul application_name=standby"
        self.standby.run(
            "pg_basebackup", "-d", source, "-D", "data", "-R", "-X", "stream", "--checkpoint=fast"
        )
        # Asked for after the copy was made: the standby, once promoted, waits for nobody.
        self.primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        self.standby.start(*_SETTINGS)
        self.primary.execute("SELECT pg_reload_conf()")
        self._wait_for_sync()

    def _wait_for_sync(self) -> None:
        pause = threading.Event()
        for _ in range(_TRIES):
            if self.primary.execute("SELECT sync_state FROM pg_stat_replication") == [("sync",)]:
                return
            pause.wait(_PAUSE_S)
        raise AssertionError((self.standby.folder / "log").read_text())

    def kill_primary(self) -> None:
        """Kills every process of the primary at once, as when its computer is gone."""
        pid = self.primary.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for number in (pid, *map(int, children)):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        assert gone(pid)

    def promote(self) -> None:
        """Makes the standby the one that takes writes."""
        self.standby.run("pg_ctl", "-D", "data", "-w", "promote")

    def crash_and_start(self) -> None:
        """The primary stops at once and comes back, going on from its log."""
        self.primary.stop()
        self.primary.start(*_SETTINGS)

    def stop(self) -> None:
        """Stops whatever still runs."""
        for server in (self.standby, self.primary):
            at = server.folder / "data" / "postmaster.pid"
            if at.exists() and alive(server.pid):
                server.stop()
