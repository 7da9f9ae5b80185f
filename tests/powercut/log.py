"""What a program does to its disk, in order: through the SQLite layer and through Python's files."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from app.bootstrap import carrying, keeping, restoring
from app.ledger import backup, swapping, upgrade
from app.ledger.database import Database, Transaction
from app.ledger.second_copy import SecondCopy
from app.station import keyfile
from app.station.photos import PhotoStore
from sync.central.photo_folder import PhotoFolder
from sync.central.store import database as centre_database
from sync.central.store import migration
from sync.central.store.database import Database as CentreDatabase
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
class Link:
    """A file got another name beside its own."""

    path: str
    target: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A commit came back: from here on nobody may lose it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The program said that this file is there, whole: from here on it is. One that `grows` gets longer."""

    path: str
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """The program takes away a file that it kept: from here on it may be there or not."""

    path: str


Entry = Make | Write | Cut | Sync | Delete | Rename | Link | Saved | Kept | Given


@dataclass
class Log:
    """Watches everything below a folder; `entries` grows."""

    folder: Path
    entries: list[Entry] = field(default_factory=list)
    # What is in the files that Python's own calls write, by path, as far as it was logged.
    plain: dict[str, bytes] = field(default_factory=dict)
    library: set[str] = field(default_factory=set)

    def _ours(self, path: str) -> bool:
        return path.startswith(f"{self.folder}/")

    def before(self, call: str, path: str) -> None:
        del call, path

    def opened(self, path: str, flags: int, *, made: bool) -> None:
        if not self._ours(path):
            return
        self.library.add(path)
        self.plain.pop(path, None)
        if made:
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
        self.plain = {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    # What follows stands in for the calls of `os` while the log runs.

    def fsync(self, real: Callable[[int], None], opened: int) -> None:
        path = str(Path(f"/proc/self/fd/{opened}").readlink())
        if self._ours(path) or path == str(self.folder):
            if stat.S_ISREG(os.fstat(opened).st_mode):
                self._look(path)
            self.entries.append(Sync(path))
        real(opened)

    def replace(self, real: Callable[[Any, Any], None], path: Any, target: Any) -> None:
        source, name = str(path), str(target)
        if self._ours(source):
            self._look(source)
            self._named(source, name)
            self._gone(source)
            self.entries.append(Rename(source, name))
        real(path, target)

    def link(self, real: Callable[[Any, Any], None], path: Any, target: Any) -> None:
        source, name = str(path), str(target)
        real(path, target)
        if self._ours(source):
            self._look(source)
            self._named(source, name)
            self.entries.append(Link(source, name))

    def unlink(self, real: Callable[[Any], None], path: Any) -> None:
        real(path)
        if self._ours(str(path)):
            self._gone(str(path))
            self.entries.append(Delete(str(path)))

    def _named(self, path: str, other: str) -> None:
        self._gone(other)
        if path in self.library:
            self.library.add(other)
        else:
            self.plain[other] = self.plain[path]

    def _gone(self, path: str) -> None:
        self.library.discard(path)
        self.plain.pop(path, None)

    def _look(self, path: str) -> None:
        """A file that Python's own calls may have written: what is new in it was handed to the system."""
        if path in self.library:
            return
        before, now = self.plain.get(path), Path(path).read_bytes()
        if before is None:
            self.entries += [Make(path), Write(path, 0, now)]
        elif before != now:
            same = _alike(before, now)
            if same < len(before):
                self.entries.append(Cut(path, same))
            if same < len(now):
                self.entries.append(Write(path, same, now[same:]))
        self.plain[path] = now


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes two files have alike, from their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


Promise = tuple[Any, str, Callable[[tuple[Any, ...], Any], "Path | None"]]

# What a snapshot's record is built in: nobody keeps it.
_DRAFT, _RESTORING = ".renewed", ".restoring"
# Who says that a file is there, by what owns the function and its name; and which of what it is given, or of
# what it answers, is the file. Several answer nothing.
_PROMISES: tuple[Promise, ...] = (
    (upgrade, "copy_database", lambda given, _: given[2]),
    (backup, "copy_database", lambda given, _: given[2] if given[2].suffix != _DRAFT else None),
    (keyfile, "_write", lambda given, _: given[0]),
    (carrying, "export_events", lambda given, _: given[1]),
    (restoring, "_kept_aside", lambda _, aside: aside),
    (restoring, "_log_aside", lambda _, aside: aside),
    (keeping, "copy_file", lambda given, _: given[2] if given[2].suffix != _RESTORING else None),
    (keeping, "_copy_key", lambda given, _: given[1]),
    (keeping, "_kept_aside", lambda _, aside: aside),
    (keeping, "_log_aside", lambda _, aside: aside),
    (migration, "copy_of", lambda _, copy: copy),
    (PhotoFolder, "finish", lambda given, _: given[0]._place(given[1])),
    (PhotoStore, "keep", lambda given, shot: given[0]._path(shot.photo, given[2]) if shot.photo else None),
)


def _saves(log: Log, real: Callable[..., Any]) -> Callable[..., Any]:
    def saved(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        log.entries.append(Saved())
        return answer

    return saved


def _keeps(log: Log, owner: Any, name: str, which: Callable[[tuple[Any, ...], Any], Path | None]) -> Any:
    real = getattr(owner, name)

    def kept(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        path = which(given, answer)
        if path is not None:
            log.entries.append(Kept(str(path)))
        return answer

    return mock.patch.object(owner, name, kept)


@contextmanager
def logging(folder: Path, seed: int) -> Iterator[Log]:
    """Logs what the product does below a folder, and each promise it makes about it, until the block ends."""
    log = Log(folder)
    log.start()
    commit, write, follow, remove = (
        Database.transaction,
        CentreDatabase.write,
        SecondCopy.follow,
        PhotoStore.remove,
    )

    @contextmanager
    def told(self: Database) -> Iterator[Transaction]:
        with commit(self) as tx:
            yield tx
        log.entries.append(Saved())

    @contextmanager
    def written(self: CentreDatabase) -> Iterator[Any]:
        with write(self) as conn:
            yield conn
        log.entries.append(Saved())

    def followed(self: SecondCopy, ledger: Any) -> str:
        trouble = follow(self, ledger)
        if not trouble and self._file is not None:
            log.entries.append(Kept(self._file.name, grows=True))
        elif not trouble:
            # What was erased was taken out of all of its files: each is there, as before or without.
            log.entries += [Kept(str(path), grows=True) for path in sorted(self._folder.glob("*.events"))]
        return trouble

    def removed(self: PhotoStore, address: str) -> None:
        log.entries += [Given(str(path)) for path in self._files(address)]
        remove(self, address)

    def through(name: str, ours: Callable[..., None]) -> Any:
        real = getattr(os, name)
        return mock.patch.object(os, name, lambda *given: ours(real, *given))

    with ExitStack() as stack:
        stack.enter_context(vfs.watching(log, seed))
        for owner, name, ours in (
            (Database, "transaction", told),
            (CentreDatabase, "write", written),
            (swapping, "swap", _saves(log, swapping.swap)),
            (keeping, "_take_place", _saves(log, keeping._take_place)),
            (centre_database, "upgrade", _saves(log, migration.upgrade)),
            (SecondCopy, "follow", followed),
            (PhotoStore, "remove", removed),
        ):
            stack.enter_context(mock.patch.object(owner, name, ours))
        for promise in _PROMISES:
            stack.enter_context(_keeps(log, *promise))
        for call in ("fsync", "replace", "link", "unlink"):
            stack.enter_context(through(call, getattr(log, call)))
        yield log
