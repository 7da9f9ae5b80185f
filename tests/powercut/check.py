"""What a cut left is opened by the product, as after any start, and held against what was saved.

Equal content is equal in every law: the states that a run went through were audited once, and an image must
hold one of them, row by row. What a row does not show (indexes, free pages) the library's own check looks at.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.refusal import Refused, Unavailable
from app.ledger.audit import audit
from app.ledger.upgrade import make_current
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station
from tests.powercut.disk import Image

After = Callable[[Ledger], str]
"""Looks at a record that went on after a cut; what is wrong beside it, or nothing."""

_GONE = "no record"


def nothing_more(_ledger: Ledger) -> str:
    """For scenes whose record is all there is."""
    return ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an image failed: `lost` saved rows, `broken` a file, a law or a promise. Empty when it did not."""

    lost: str = ""
    broken: str = ""


@dataclass
class Checker:
    """Opens images of one run in a folder of their own.

    Args:
        station: how the product is opened; its path is the record's in the folder of the run.
        scratch: where images are laid out, with the same names.
        ran: the folder of the run.
        young: the run makes or upgrades the record: opening an image would do that again, each time anew, so
            that rows are read without the product, which opens those images that have to go on.
        after: what more has to hold of an image that goes on.
    """

    station: Station
    scratch: Path
    ran: Path
    young: bool = False
    after: After = nothing_more
    # By the number of commits: what is there when everything reached the disk.
    states: list[str] = field(default_factory=list)
    _ledger: Ledger | None = None
    # The rows of each file that was found whole, by the digest of its bytes.
    _known: dict[bytes | None, str] = field(default_factory=dict)

    def learn(self, image: Image) -> None:
        """The state after one more commit; it keeps the laws."""
        lay(image, self.ran, self.scratch)
        if self.young:
            self.states.append(self._read())
            return
        missing = self._missing()
        if missing:
            self.states.append(missing)
            return
        try:
            with closing(self._opened()) as ledger:
                found = audit(ledger)
                if not found.clean:
                    raise AssertionError(found.violations[:3])
                self.states.append(content(ledger.connection.connection.cursor()))
        except Refused as no:
            # A scene may begin with a record that cannot be opened.
            self.states.append(no.code)

    def check(self, image: Image, *, goes_on: bool) -> Verdict:
        """Opens an image; with `goes_on`, one more event is recorded and everything audited."""
        lay(image, self.ran, self.scratch)
        try:
            found = self._missing() or (self._read() if self.young else "")
            if goes_on or not self.young:
                found, wrong = self._look(found, goes_on=goes_on)
                if wrong:
                    return Verdict(broken=wrong)
        except Refused as no:
            found = no.code
        except Exception as wrong:  # noqa: BLE001 - a damaged record breaks the program anywhere
            return Verdict(broken=f"not opened: {type(wrong).__name__}: {wrong}"[:200])
        return judged(found, image, self.states)

    def _missing(self) -> str:
        """A word for a record that is not there; opening it would make one. Nothing where it may be made."""
        there = self.young or (self.scratch / self.station.path.name).exists()
        return "" if there else _GONE

    def _look(self, found: str, *, goes_on: bool) -> tuple[str, str]:
        if found == _GONE:
            return found, ""
        with closing(self._opened()) as ledger:
            file = self._settled(ledger.path)
            if file not in self._known:
                whole = ledger.connection.exec_driver_sql("PRAGMA integrity_check").scalar()
                if whole != "ok":
                    return "", f"integrity: {whole}"
                rows = content(ledger.connection.connection.cursor())
                if file is None:
                    return found or rows, self._going_on(ledger) if goes_on else ""
                self._known[file] = rows
            return found or self._known[file], self._going_on(ledger) if goes_on else ""

    @staticmethod
    def _settled(record: Path) -> bytes | None:
        """A digest of the file once everything is in it; None while something is in the log.

        Recovery makes the same file of many images: what was looked at once is not looked at again.
        """
        log = record.with_name(record.name + "-wal")
        if log.exists() and log.stat().st_size:
            return None
        return hashlib.blake2b(record.read_bytes(), digest_size=16).digest()

    def _going_on(self, ledger: Ledger) -> str:
        seq = ledger.head.seq
        sealed = ledger.record(self.station.disposition())
        found = audit(ledger)
        if not found.clean or sealed.seq != seq + 1:
            return f"laws: {found.violations[:2]}"
        return self.after(ledger)

    def _opened(self) -> Ledger:
        """The product's own opening; what it compiled for the image before is used again."""
        known = self._ledger
        if known is None:
            self._ledger = replace(self.station, path=self.scratch / self.station.path.name).open()
            return self._ledger
        # Another program's start: it has no file yet that it would expect.
        known._database._file = None
        try:
            make_current(known._database, self.station.clock, self.station.settings.app_ver)
            known._found()
            known._remembered()
        except BaseException:
            known.close()
            raise
        return known

    def _read(self) -> str:
        return read(self.scratch / self.station.path.name)


def lay(image: Image, ran: Path, scratch: Path) -> None:
    """Lays out what a cut left of a folder in another one."""
    for path in scratch.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    for name, data in image.files.items():
        path = scratch / Path(name).relative_to(ran)
        if path.parent != scratch:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def judged(found: str, image: Image, states: list[str]) -> Verdict:
    """What is there against the states that commits left: the last that came back, or the one on its way."""
    if found in states[image.saved : image.saved + 2]:
        return Verdict()
    if found in states:
        return Verdict(lost=f"{image.saved} commits were saved, {states.index(found)} are there")
    if found.startswith("ledger."):
        return Verdict(broken=f"not opened: {found}")
    return Verdict(broken="the rows are none that any commit left")


def read(path: Path) -> str:
    """A digest of every row of a file, which the library finds whole."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            raise Unavailable(f"integrity: {whole}")
        return content(connection.cursor())


def content(cursor: Any) -> str:
    """A digest of every row of every table, through a DB-API cursor, which is closed."""
    names = cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    found = hashlib.blake2b(digest_size=16)
    for (name,) in names:
        rows = cursor.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - our own tables
        found.update(repr((name, rows)).encode())
    cursor.close()
    return found.hexdigest()
