"""Snapshots of the feed as packed files: made in one pass, kept a while, each the same whoever makes it."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.domain.feed import Cursor
from app.domain.snapshot import Snapshot, Table
from sync.central.store.database import Database
from sync.central.store.feed import position
from sync.central.store.snapshot_rows import lines_at
from sync.wire.snapshots import MAX_PIECE

GOOD_FOR = timedelta(minutes=10)
MOST = 8
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class _Made:
    said: Snapshot
    at: datetime
    file: Path


class Snapshots:
    """Snapshots of one centre, by site; their files are in a folder that goes with the process."""

    def __init__(self, database: Database, centre_id: str) -> None:
        self._database = database
        self._centre_id = centre_id
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._made = dict[tuple[str, Cursor], _Made]()
        # One at a time: what a second station asks for is there when the first one's is made.
        self._lock = threading.Lock()

    def newest(self, site: str, now: datetime) -> Snapshot:
        """The snapshot for a site that a station should take: one that is some minutes old is as good."""
        with self._lock:
            with self._database.read() as conn:
                gen, pos = position(conn)
            recent = [
                made
                for (of, cursor), made in self._made.items()
                if of == site and cursor.gen == gen and now - made.at < GOOD_FOR
            ]
            if recent:
                return recent[-1].said
            return self._make(site, Cursor(gen, pos), now).said

    def piece(self, site: str, cursor: Cursor, offset: int, now: datetime) -> bytes | None:
        """Bytes of a snapshot's file; None for a position that is none of this feed."""
        with self._lock:
            made = self._made.get((site, cursor))
            if made is None:
                with self._database.read() as conn:
                    gen, pos = position(conn)
                if cursor.gen != gen or cursor.pos > pos:
                    return None
                made = self._make(site, cursor, now)
            with made.file.open("rb") as file:
                file.seek(offset)
                return file.read(MAX_PIECE)

    def close(self) -> None:
        """Removes the files; what is asked for later is made anew."""
        with self._lock:
            folder, self._folder = self._folder, None
            self._made.clear()
        if folder is not None:
            folder.cleanup()

    def _make(self, site: str, cursor: Cursor, now: datetime) -> _Made:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="backhaul-snapshots-")
        name = hashlib.sha256(site.encode()).hexdigest()[:16]
        file = Path(self._folder.name, f"{cursor.gen}-{cursor.pos}-{name}")
        with self._database.read() as conn:
            mirror = packed(lines_at(conn, cursor, site), file)
        size, digest = _told(file)
        made = _Made(Snapshot(self._centre_id, site, cursor, size, digest, mirror), now, file)
        self._made[site, cursor] = made
        while len(self._made) > MOST:
            oldest = next(iter(self._made))
            self._made.pop(oldest).file.unlink(missing_ok=True)
        return made


def packed(lines: Iterable[bytes], target: Path) -> Table:
    """Writes lines into a packed file; what they were. Needs the memory of one line."""
    counted, rows = hashlib.sha256(), 0
    with target.open("wb") as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as file:
        for line in lines:
            counted.update(line)
            rows += 1
            file.write(line)
    return Table(rows, counted.hexdigest())


def _told(file: Path) -> tuple[int, str]:
    with file.open("rb") as opened:
        return file.stat().st_size, hashlib.file_digest(opened, "sha256").hexdigest()
