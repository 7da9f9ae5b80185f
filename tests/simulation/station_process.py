"""One life of the station: a process of its own, started, scanned into, and ended without a word.

What the hand knows of it is the trace file, one line for each scan that was painted. Each life has its own
file, since a life that is killed may leave half a line at the end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from app.domain.fields import Fields

ROOT = Path(__file__).resolve().parents[2]
BACKHAUL = (sys.executable, "-m", "app")
_LOOK_S = 0.001
_ANSWER_S = 30.0
_END_S = 30.0

Fire = Callable[[str, str], None]


class Died(Exception):  # noqa: N818 - what is meant to happen
    """The station is gone; the scan that was under way may or may not have counted."""


class OutOfStep(Exception):  # noqa: N818 - the finding itself
    """The station lives and did something else than a bench that lost nothing would have done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A line of the trace: `event` is the event that was on disk after `ms_saved`, None when none was."""

    raw: str
    route: str
    event: str | None
    ms_saved: float | None
    ms_painted: float | None


def read_answers(trace: Path) -> list[Answer]:
    """The whole lines of a trace file; half a line was never said."""
    if not trace.exists():
        return []
    whole, _, _ = trace.read_text(encoding="utf-8").rpartition("\n")
    return [_answer(line) for line in whole.splitlines()]


def said_saved(answers: Iterable[Answer]) -> set[str]:
    """The events that answers said were on disk."""
    return {answer.event for answer in answers if answer.event and answer.ms_saved is not None}


def _answer(line: str) -> Answer:
    f = Fields(json.loads(line), "trace line")
    return Answer(
        f.text("raw"), f.text("route"), f.maybe_text("event"), _ms(f, "ms_saved"), _ms(f, "ms_painted")
    )


def _ms(f: Fields, name: str) -> float | None:
    value = f.raw()[name]
    return float(value) if isinstance(value, int | float) else None


class StationProcess:
    """See the module; `scan` fires a code and gives the answer that was painted.

    Args:
        data: the station's data folder.
        life: counts lives from 1; names the trace and the log in `notes`.
        notes: where trace and log go.
        labels: the folder that is the printer.
        scanner: the port of the scanner and how to pull its trigger.
        program: the words that start Backhaul.
    """

    def __init__(
        self,
        data: Path,
        life: int,
        notes: Path,
        labels: Path,
        scanner: tuple[str, Fire],
        *,
        program: Sequence[str] = BACKHAUL,
    ) -> None:
        port, self._fire = scanner
        self.trace = notes / f"trace-{life:04d}.jsonl"
        self._log = notes / f"station-{life:04d}.log"
        self._said: IO[bytes] = self._log.open("wb")
        self._read = 0
        self._unread: deque[Answer] = deque()
        self.fired = 0
        self._process = subprocess.Popen(
            [
                *program,
                "station",
                "--headless",
                "--data",
                str(data),
                "--scanner",
                port,
                "--camera",
                "simulated",
                "--printer",
                f"folder:{labels}",
                "--ui-trace",
                str(self.trace),
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            # A crash report belongs to the notes, not to the person who runs this.
            env={
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "XDG_DATA_HOME": str(notes),
                # So that a station that stands still can be asked where.
                "PYTHONFAULTHANDLER": "1",
            },
        )
        self._reaper: threading.Timer | None = None
        self._struck = False

    def kill_in(self, seconds: float) -> None:
        """SIGKILL after so long, whatever the station is doing then."""
        self._reaper = threading.Timer(seconds, self._strike)
        self._reaper.daemon = True
        self._reaper.start()

    def _strike(self) -> None:
        self._struck = True
        self._process.send_signal(signal.SIGKILL)

    def scan(self, code: str, aim: str, patience_s: float = _ANSWER_S) -> Answer | None:
        """Pulls the trigger and waits until the answer was painted; None when it was not in time.

        Raises:
            Died: the station was killed before it answered.
            OutOfStep: another scan was answered, or the station ended by itself.
        """
        self.pull(code, aim)
        answer = self.next_answer(patience_s)
        if answer is not None and answer.raw != f"{aim}{code}":
            raise OutOfStep(f"fired {aim}{code}, the next answer is {answer}")
        return answer

    def pull(self, code: str, aim: str) -> None:
        """Pulls the trigger and does not look."""
        self._fire(code, aim)
        self.fired += 1

    def next_answer(self, patience_s: float = _ANSWER_S) -> Answer | None:
        """The next painted answer; None when there was none in time. Raises as `scan` does."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            self._look()
            if self._unread:
                return self._unread.popleft()
            self.look_alive()
            threading.Event().wait(_LOOK_S)
        return None

    def _look(self) -> None:
        if not self.trace.exists():
            return
        with self.trace.open("rb") as lines:
            lines.seek(self._read)
            whole, newline, _ = lines.read().rpartition(b"\n")
        self._read += len(whole) + len(newline)
        self._unread += [_answer(line.decode()) for line in whole.splitlines()]

    def look_alive(self) -> None:
        """Returns while the station lives.

        Raises:
            Died: it was killed.
            OutOfStep: it ended by itself, which it never may.
        """
        if self._process.poll() is None:
            return
        if self._struck:
            raise Died
        said = self._log.read_text(encoding="utf-8", errors="replace").strip()
        raise OutOfStep(f"the station ended by itself with {self._process.returncode}: {said[-500:]}")

    def stood_at(self) -> str:
        """Ends a station that no longer answers; where each of its threads stood, as it says itself."""
        self._struck = True
        self._process.send_signal(signal.SIGABRT)
        self._process.wait(_END_S)
        return self._log.read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        """Kills what still lives and waits until the system has let go of it."""
        if self._reaper:
            self._reaper.cancel()
        if self._process.poll() is None:
            self._strike()
        self._process.wait(_END_S)
        self._said.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
