"""A disk that a log is played on, and what of it a power cut may leave.

Between two syncs of a file the system may have brought any of its writes to the medium, in any order, whole
or in sectors; a name made, changed or taken away lasts from the next sync of its folder on. A file's own sync
keeps the name it was made with, as the file systems in use do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.powercut.log import Cut, Delete, Entry, Given, Kept, Link, Make, Rename, Saved, Sync, Write

SECTOR = 512
_ALL, _TORN, _SUBSETS, _PREFIXES = 1.0, 2, 3, 24
_TEAR = 0.3


@dataclass(eq=False, slots=True)
class _File:
    """What lasts of a file's bytes."""

    data: bytes = b""
    # True while the folder is synced with the first sync of the file.
    journal: bool = False


@dataclass(frozen=True, slots=True)
class _Loose:
    """Something that the system has and the medium may lack; `file` is None for names."""

    entry: Entry
    file: _File | None = None
    made: _File | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """What is on the medium after a cut.

    `files` are by path; `saved` commits had come back before, at step `at` of the log. `fate` says what
    became of the loose entries, for the report.
    """

    files: dict[str, bytes]
    saved: int
    at: int
    fate: str


@dataclass
class Disk:
    """See the module; `names` are the files as they last, by path."""

    names: dict[str, _File] = field(default_factory=dict)
    # The names as the running program sees them.
    seen: dict[str, _File] = field(default_factory=dict)
    loose: dict[int, _Loose] = field(default_factory=dict)
    steps: int = 0
    # The latest entry that lasts.
    settled: int = 0

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """The files below a folder, on the medium."""
        found = {str(path): _File(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
        found = {path: file for path, file in found.items() if not path.endswith(("-shm", ".lock"))}
        return cls(dict(found), dict(found))

    def again(self) -> Disk:
        """The same medium once more; nothing may be loose."""
        copies = {path: _File(file.data) for path, file in self.names.items()}
        return Disk(dict(copies), dict(copies))

    def play(self, entry: Entry) -> None:
        """One more entry of the log happened."""
        self.steps += 1
        match entry:
            case Make(path, journal):
                made = _File(journal=journal)
                self.seen[path] = made
                self._loosen(_Loose(entry, made=made))
            case Write(path) | Cut(path):
                self._loosen(_Loose(entry, self.seen[path]))
            case Sync(path):
                self._sync(path)
            case Delete(path, lasting):
                if self.seen.pop(path, None) is not None:
                    self._loosen(_Loose(entry))
                if lasting:
                    self._sync_folder(str(Path(path).parent))
            case Rename(path, target):
                self.seen[target] = self.seen.pop(path)
                self._loosen(_Loose(entry, made=self.seen[target]))
            case Link(path, target):
                self.seen[target] = self.seen[path]
                self._loosen(_Loose(entry, made=self.seen[target]))
            case Saved() | Kept() | Given():
                pass

    def _loosen(self, loose: _Loose) -> None:
        self.loose[self.steps] = loose

    def _sync(self, path: str) -> None:
        file = self.seen.get(path)
        if file is None:
            self._sync_folder(path)
            return
        mine = [n for n, loose in self.loose.items() if loose.file is file]
        if mine:
            file.data = bytes(_written(file.data, [self._settle(n).entry for n in mine]))
        for n, loose in list(self.loose.items()):
            if loose.made is file and isinstance(loose.entry, Make):
                self._settle_name(loose.entry.path, n)
        if file.journal:
            file.journal = False
            self._sync_folder(str(Path(path).parent))

    def _settle_name(self, path: str, upto: int) -> None:
        """What happened to one name, up to the entry that is made to last."""
        for n in [n for n in self.loose if n <= upto]:
            entry = self.loose[n].entry
            if isinstance(entry, Make | Delete) and entry.path == path:
                _name(self.names, self._settle(n))

    def _settle(self, n: int) -> _Loose:
        self.settled = max(self.settled, n)
        return self.loose.pop(n)

    def _sync_folder(self, folder: str) -> None:
        for n, loose in list(self.loose.items()):
            if loose.file is None and folder in _folders(loose.entry):
                _name(self.names, self._settle(n))

    def everything(self, saved: int) -> Image:
        """What the running program sees."""
        return self.image(list(self.loose), {}, saved, "everything")

    def image(self, chosen: list[int], torn: dict[int, Entry], saved: int, fate: str) -> Image:
        """The medium with the loose entries chosen, in the order they happened."""
        names = dict(self.names)
        writes: dict[int, list[Entry]] = {}
        for n in chosen:
            loose = self.loose[n]
            if loose.file is None:
                _name(names, loose)
            else:
                writes.setdefault(id(loose.file), []).append(torn.get(n, loose.entry))
        files = {
            path: bytes(_written(file.data, writes[id(file)])) if id(file) in writes else file.data
            for path, file in names.items()
        }
        return Image(files, saved, self.steps, fate)


def _folders(entry: Entry) -> set[str]:
    """The folders of which a sync makes a change of names last; one between two is one change."""
    match entry:
        case Rename(path, target):
            return {str(Path(path).parent), str(Path(target).parent)}
        case Link(_, path) | Make(path) | Delete(path):
            return {str(Path(path).parent)}
        case _:
            return set()


def _name(names: dict[str, _File], loose: _Loose) -> None:
    match loose.entry:
        case Make(path):
            names[path] = loose.made or _File()
        case Delete(path):
            names.pop(path, None)
        case Rename(path, target):
            names.pop(path, None)
            names[target] = loose.made or _File()
        case Link(_, target):
            names[target] = loose.made or _File()
        case _:
            raise TypeError(loose.entry)


def _written(data: bytes, entries: list[Entry]) -> bytearray:
    found = bytearray(data)
    for entry in entries:
        match entry:
            case Write(_, offset, new):
                if offset > len(found):
                    found += bytes(offset - len(found))
                found[offset : offset + len(new)] = new
            case Cut(_, size):
                del found[size:]
                found += bytes(max(0, size - len(found)))
            case _:
                raise TypeError(entry)
    return found


def tear(entry: Entry, before: bytes, rng: random.Random) -> Entry:
    """A write of which only some sectors came through; the others hold what they held, or nothing yet."""
    if not isinstance(entry, Write) or len(entry.data) <= SECTOR:
        return entry
    count = -(-len(entry.data) // SECTOR)
    through = rng.choice(
        [
            set(range(rng.randrange(1, count))),
            set(range(rng.randrange(1, count), count)),
            {n for n in range(count) if rng.random() < 0.5},
        ]
    )
    data = bytearray(entry.data)
    for n in range(count):
        if n not in through:
            start, end = n * SECTOR, min((n + 1) * SECTOR, len(data))
            held = before[entry.offset + start : entry.offset + end]
            data[start:end] = held + bytes(end - start - len(held))
    return Write(entry.path, entry.offset, bytes(data))


def images(disk: Disk, saved: int, rng: random.Random, seen: set[object]) -> Iterator[Image]:
    """What a cut at this moment may leave, each that was not `seen` before.

    Nothing of what is loose, all of it, every prefix, the last write torn, random parts with torn writes.
    """
    loose = list(disk.loose)
    for chosen, torn, fate in _fates(disk, loose, rng):
        # What was left out after the last that came through was not there yet at an earlier moment.
        last = max(disk.settled, *chosen, 0)
        dropped = tuple(n for n in loose if n < last and n not in chosen)
        key = (last, dropped, tuple(sorted((n, hash(entry)) for n, entry in torn.items())), saved)
        if key not in seen:
            seen.add(key)
            yield disk.image(sorted(chosen), torn, saved, fate)


def _fates(
    disk: Disk, loose: list[int], rng: random.Random
) -> Iterator[tuple[set[int], dict[int, Entry], str]]:
    yield set(), {}, "nothing loose"
    if not loose:
        return
    yield set(loose), {}, "all"
    counts = range(1, len(loose))
    for count in counts if len(counts) <= _PREFIXES else rng.sample(counts, _PREFIXES):
        yield set(loose[:count]), {}, f"the first {count} of {len(loose)}"
    for _ in range(_TORN):
        torn = _tear_all(disk, loose[-1:], rng, _ALL)
        if torn:
            yield set(loose), torn, "the last torn"
    for _ in range(_SUBSETS if len(loose) > 1 else 0):
        chosen = {n for n in loose if rng.getrandbits(1)}
        yield chosen, _tear_all(disk, sorted(chosen), rng, _TEAR), f"{len(chosen)} of {len(loose)}, some torn"


def _tear_all(disk: Disk, chosen: list[int], rng: random.Random, share: float) -> dict[int, Entry]:
    torn = {}
    for n in chosen:
        loose = disk.loose[n]
        if loose.file is not None and (share >= _ALL or rng.uniform(0, 1) < share):
            new = tear(loose.entry, loose.file.data, rng)
            if new is not loose.entry:
                torn[n] = new
    return torn
