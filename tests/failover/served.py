"""A real centre in processes of its own: the command that a site runs, with several workers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SECONDS_TO_STOP = 60


@dataclass(frozen=True)
class Served:
    """Where it answers, with an administrator's token, and its parent process."""

    url: str
    token: str
    pid: int

    def workers(self) -> list[int]:
        """The process ids of its workers now."""
        found = []
        for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            try:
                line = Path(f"/proc/{child}/cmdline").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if "spawn_main" in line:
                found.append(int(child))
        return found


@contextmanager
def served(database: str, folder: Path, workers: int) -> Iterator[Served]:
    """Serves until the block is left; it must then stop in order."""
    command = [sys.executable, "-m", "app", "central", "serve", "--db", database, "--port", "0"]
    command += ["--workers", str(workers), "--announce", "--until-stdin-ends"]
    command += ["--key", str(folder / "centre.key")]
    with (folder / "centre.log").open("w") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, (folder / "centre.log").read_text()
            said = json.loads(line)
            yield Served(said["url"], said["token"], process.pid)
        finally:
            process.stdin.close()
            process.stdout.close()
            try:
                code = process.wait(_SECONDS_TO_STOP)
            finally:
                process.kill()
        assert code == 0, (folder / "centre.log").read_text()
