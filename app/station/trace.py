"""The trace of a bench: one JSON line per scan, for measurements and for checks from outside.

`ms_saved` runs from the moment the scan reached the station until its facts were on disk (null when the scan
wrote nothing), `ms_painted` until the band that answers it was painted (null without a window).
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from app.domain.refusal import Unavailable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanTrace:
    """What became of one scan."""

    scan: int
    raw: str
    source: str
    kind: str
    route: str
    band: str
    tone: str
    started: float
    saved: float | None
    event: str | None


class TraceFile:
    """Appends a line when a scan was painted, or at once when nothing will paint it.

    A disk that takes no more ends the trace, never the work.

    Raises:
        Unavailable: the file cannot be written.
    """

    def __init__(self, path: Path, *, painted: bool) -> None:
        try:
            self._file: TextIO = path.open("a", encoding="utf-8")
        except OSError as world:
            raise Unavailable(f"The trace {path} cannot be written: {world.strerror}.") from world
        self._painted = painted
        self._waiting: dict[int, ScanTrace] = {}
        self._lock = threading.Lock()

    def scanned(self, trace: ScanTrace) -> None:
        """A scan was answered by the engine."""
        with self._lock:
            if self._painted:
                self._waiting[trace.scan] = trace
            else:
                self._write(trace, None)

    def painted(self, scan: int, at_ms: float) -> None:
        """The band that answers a scan is on the screen; earlier scans that were never painted go first."""
        with self._lock:
            for number in sorted(n for n in self._waiting if n <= scan):
                trace = self._waiting.pop(number)
                self._write(trace, at_ms if number == scan else None)

    def close(self) -> None:
        """Writes what was never painted and closes the file."""
        with self._lock:
            for number in sorted(self._waiting):
                self._write(self._waiting[number], None)
            self._waiting.clear()
            self._end()

    def _write(self, trace: ScanTrace, painted: float | None) -> None:
        line = {
            "scan": trace.scan,
            "raw": trace.raw,
            "source": trace.source,
            "kind": trace.kind,
            "route": trace.route,
            "band": trace.band,
            "tone": trace.tone,
            "event": trace.event,
            "ms_saved": None if trace.saved is None else round(trace.saved - trace.started, 3),
            "ms_painted": None if painted is None else round(painted - trace.started, 3),
        }
        if self._file.closed:
            return
        try:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as world:
            _log.warning("the trace ends here: %s", world)
            self._end()

    def _end(self) -> None:
        # Closing writes what is left over, which fails as the last line did.
        with contextlib.suppress(OSError):
            self._file.close()
