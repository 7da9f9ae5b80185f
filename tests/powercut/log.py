"""What a program does to its disk, in order: through the SQLite layer and through Python's files."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from app.ledger import backup, upgrade
from app.ledger.copying import copy_database
from app.ledger.database import Database, Transaction
from app.station import keyfile
from app.station.photos import PhotoStore
from tests.powercut import vfs

# What sqlite3_open says of a journal or a log that it makes: its folder is synced with its first sync.
_JOURNALS = 0x00000800 | 0x00080000 | 0x00004000


@dataclass(frozen=True, slots=True)
class Make:
    """A file got its name; `journal` when the library syncs the folder with the file's first sync."""

    path: str
    journal: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes were handed to the system."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file has this size now."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """Everything of the file, or the folder, is on the disk."""

    path: str


@dataclass(frozen=True, slots=True)
class Delete:
    """A name went; `lasting` when its folder was synced."""

    path: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Rename:
    """A file took another name, and what had that name is gone."""

    path: str
    target: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A commit came back: from here on nobody may lose it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The program said that this file is there, whole: from here on it is."""

    path: str


Entry = Make | Write | Cut | Sync | Delete | Rename | Saved | Kept


@dataclass
class Log:
    """Watches everything below a folder; `entries` grows."""

    folder: Path
    entries: list[Entry] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def _ours(self, path: str) -> bool:
        return path.startswith(f"{self.folder}/")

    def before(self, call: str, path: str) -> None:
        del call, path

    def opened(self, path: str, flags: int, *, made: bool) -> None:
        if made and self._ours(path):
            self.known.add(path)
            self.entries.append(Make(path, bool(flags & _JOURNALS)))

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        if self._ours(path):
            self.entries.append(Write(path, offset, data))

    def truncated(self, path: str, size: int) -> None:
        if self._ours(path):
            self.entries.append(Cut(path, size))

    def synced(self, path: str) -> None:
        if self._ours(path):
            self.entries.append(Sync(path))

    def deleted(self, path: str, *, lasting: bool) -> None:
        if self._ours(path):
            self.entries.append(Delete(path, lasting))

    def start(self) -> None:
        """What is in the folder now is on the disk."""
        self.known = {str(path) for path in self.folder.rglob("*")}

    # What follows stands in for the calls of `os` while the log runs.

    def fsync(self, real: Callable[[int], None], opened: int) -> None:
        path = str(Path(f"/proc/self/fd/{opened}").readlink())
        if self._ours(path) or path == str(self.folder):
            if stat.S_ISREG(os.fstat(opened).st_mode) and path not in self.known:
                self._found(path)
            self.entries.append(Sync(path))
        real(opened)

    def replace(self, real: Callable[[Any, Any], None], path: Any, target: Any) -> None:
        source, name = str(path), str(target)
        if self._ours(source):
            if source not in self.known:
                self._found(source)
            self.known.discard(source)
            self.known.add(name)
            self.entries.append(Rename(source, name))
        real(path, target)

    def unlink(self, real: Callable[[Any], None], path: Any) -> None:
        real(path)
        if self._ours(str(path)):
            self.known.discard(str(path))
            self.entries.append(Delete(str(path)))

    def _found(self, path: str) -> None:
        """A file that Python's own calls wrote: what is in it now was handed to the system before."""
        self.known.add(path)
        self.entries += [Make(path), Write(path, 0, Path(path).read_bytes())]


@contextmanager
def logging(folder: Path, seed: int) -> Iterator[Log]:
    """Logs what the product does below a folder, and each promise it makes about it, until the block ends."""
    log = Log(folder)
    log.start()
    commit, keep, write_key = Database.transaction, PhotoStore.keep, keyfile._write

    @contextmanager
    def told(self: Database) -> Iterator[Transaction]:
        with commit(self) as tx:
            yield tx
        log.entries.append(Saved())

    def kept(self: PhotoStore, data: bytes, kind: str) -> Any:
        shot = keep(self, data, kind)
        if shot.photo:
            log.entries.append(Kept(str(self._path(shot.photo, kind))))
        return shot

    def copied(dbapi: Any, source: Any, target: Path) -> None:
        copy_database(dbapi, source, target)
        log.entries.append(Kept(str(target)))

    def key_made(path: Path, seed: bytes) -> None:
        write_key(path, seed)
        log.entries.append(Kept(str(path)))

    def through(name: str, ours: Callable[..., None]) -> Any:
        real = getattr(os, name)
        return mock.patch.object(os, name, lambda *given: ours(real, *given))

    with (
        vfs.watching(log, seed),
        mock.patch.object(Database, "transaction", told),
        mock.patch.object(PhotoStore, "keep", kept),
        mock.patch.object(keyfile, "_write", key_made),
        mock.patch.object(upgrade, "copy_database", copied),
        mock.patch.object(backup, "copy_database", copied),
        through("fsync", log.fsync),
        through("replace", log.replace),
        through("unlink", log.unlink),
    ):
        yield log
