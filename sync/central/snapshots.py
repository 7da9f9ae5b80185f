"""Snapshots of the feed as packed files: made in one pass, kept a while, each the same whoever makes it."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
import threading
from collections import defaultdict
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
MOST = 16
"""Files of all sites together."""
LEFT = 2
"""Positions of a site that were told of last: the newest, and one that somebody may be in the middle of."""
OTHERS = 3
"""Positions of a site that only another process can have told of: so many are made within `GOOD_FOR`."""
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class _Made:
    said: Snapshot
    at: datetime
    file: Path
    told: bool
    """Made to be told of, at the position that was the newest then; not because somebody named a position."""


class Snapshots:
    """Snapshots of one centre, by site; their files are in a folder that goes with the process."""

    def __init__(self, database: Database, centre_id: str) -> None:
        self._database = database
        self._centre_id = centre_id
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._made = dict[tuple[str, Cursor], _Made]()
        self._told = defaultdict[str, list[Cursor]](list)
        self._others = defaultdict[str, list[datetime]](list)
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
                if of == site and made.told and cursor.gen == gen and now - made.at < GOOD_FOR
            ]
            if recent:
                return max(recent, key=lambda made: made.said.cursor).said
            cursor = Cursor(gen, pos)
            self._told[site] = [*(one for one in self._told[site] if one != cursor), cursor][-LEFT:]
            return self._make(site, cursor, now, told=True).said

    def piece(self, site: str, cursor: Cursor, offset: int, now: datetime) -> bytes | None:
        """Bytes of a snapshot's file; None for a position that is none of this feed, or that nobody told of.

        What another process told of is not known here: a few such positions are made, so that whoever names
        many of them keeps nobody from the others.
        """
        with self._lock:
            made = self._made.get((site, cursor))
            if made is None:
                with self._database.read() as conn:
                    gen, pos = position(conn)
                if cursor.gen != gen or cursor.pos > pos or not self._may_make(site, cursor, now):
                    return None
                made = self._make(site, cursor, now, told=False)
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

    def _may_make(self, site: str, cursor: Cursor, now: datetime) -> bool:
        if cursor in self._told[site]:
            return True
        lately = [at for at in self._others[site] if timedelta(0) <= now - at < GOOD_FOR]
        allowed = len(lately) < OTHERS
        self._others[site] = [*lately, now] if allowed else lately
        return allowed

    def _make(self, site: str, cursor: Cursor, now: datetime, *, told: bool) -> _Made:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="backhaul-snapshots-")
        name = hashlib.sha256(site.encode()).hexdigest()[:16]
        file = Path(self._folder.name, f"{cursor.gen}-{cursor.pos}-{name}")
        with self._database.read() as conn:
            mirror = packed(lines_at(conn, cursor, site), file)
        size, digest = _told(file)
        made = _Made(Snapshot(self._centre_id, site, cursor, size, digest, mirror), now, file, told)
        self._made.pop((site, cursor), None)
        self._made[site, cursor] = made
        self._clear(site)
        return made

    def _clear(self, site: str) -> None:
        """Removes files: first of the site itself what was told of before, and what was named by others."""
        mine = [place for place in self._made if place[0] == site]
        known = [place for place in mine if place[1] in self._told[site]]
        named = [place for place in mine if place not in known]
        for place in named[:-OTHERS]:
            self._forget(place)
        while len(self._made) > MOST:
            self._forget(next(iter(self._made)))

    def _forget(self, place: tuple[str, Cursor]) -> None:
        self._made.pop(place).file.unlink(missing_ok=True)


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
