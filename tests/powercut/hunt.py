"""One run of a scene, and every disk that a power cut in it could leave."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from unittest import mock

from app.ledger import database
from sync.central.store import database as centre_database
from tests.powercut.check import Verdict
from tests.powercut.disk import Disk, Image, images
from tests.powercut.log import Entry, Given, Kept, Saved, logging
from tests.powercut.scenes import SCENES, laid_out

_EXAMPLES = 3
# One image of so many goes on: an event is recorded on it and everything is audited.
_GOES_ON = 40
# Pages after which the log goes into the database: the library's own thousand, or soon, so that both happen.
_SOON = (1000, 60, 25)


@dataclass
class Found:
    """What one run came to."""

    scene: str
    seed: int
    entries: int = 0
    commits: int = 0
    images: int = 0
    lost: int = 0
    broken: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Counts another run in."""
        self.entries += other.entries
        self.commits += other.commits
        self.images += other.images
        self.lost += other.lost
        self.broken += other.broken
        self.examples = (self.examples + other.examples)[:_EXAMPLES]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run goes: how much the program waits for the disk, and which share of the images is opened."""

    synchronous: str = "FULL"
    share: float = 1.0


def hunt(name: str, seed: int, terms: Terms, scratch: Path) -> Found:
    """Plays a scene and opens what cuts leave of it; folders are made, and used again, below `scratch`."""
    scene, rng = SCENES[name], random.Random(f"{name} {seed}")
    ran, there = scratch / "run", scratch / "image"
    for folder in (ran, there):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    laid_out(scene, ran, scratch / "ready")
    before = Disk.of(ran)
    with _pragmas(terms.synchronous, _SOON[seed % len(_SOON)]), logging(ran, seed) as log:
        scene.play(ran, rng)
    checker = scene.checker(ran, there, seed)
    promises = _learned(before, log.entries, checker)
    found = Found(name, seed, len(log.entries), len(checker.states) - 1)
    _judge(_last(before, log.entries), checker, promises, found, goes_on=True)
    for image in _cut(before, log.entries, rng):
        if rng.uniform(0, 1) < terms.share:
            _judge(image, checker, promises, found)
    return found


@contextmanager
def _pragmas(synchronous: str, pages: int) -> Iterator[None]:
    """The product opens its record as ever, but for these two."""
    others = [pragma for pragma in database._PRAGMAS if not pragma.startswith("synchronous")]
    given = (f"synchronous={synchronous}", *others, f"wal_autocheckpoint={pages}")

    def at_the_centre(raw: Any, *settings: str) -> None:
        set_at_centre(raw, *(one.replace("= FULL", f"= {synchronous}") for one in settings))

    set_at_centre = centre_database._pragmas
    with (
        mock.patch.object(database, "_PRAGMAS", given),
        mock.patch.object(centre_database, "_pragmas", at_the_centre),
        mock.patch.object(centre_database, "_CHECKPOINT_PAGES", pages),
    ):
        yield


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said of a file: that it holds this from a step on, or (None) that it is taken away."""

    step: int
    data: bytes | None
    grows: bool = False

    def kept(self, held: bytes | None) -> bool:
        if self.data is None or held is None:
            return self.data is None
        return held.startswith(self.data) if self.grows else held == self.data


class Checking(Protocol):
    """Opens images of one run; see `Checker`."""

    states: list[str]

    def learn(self, image: Image) -> None:
        """The state after one more commit."""

    def check(self, image: Image, *, goes_on: bool) -> Verdict:
        """What became of it."""


class Promises:
    """Files that the program said it keeps, by path: the bytes, and the step from which they hold."""

    def __init__(self) -> None:
        self._told = defaultdict[str, list[_Told]](list)

    def add(self, entry: Kept | Given, step: int, data: bytes | None) -> None:
        """From here on."""
        self._told[entry.path].append(_Told(step, data, isinstance(entry, Kept) and entry.grows))

    def broken(self, image: Image) -> str:
        """The first promise that an image does not keep, in words: the newest told, or the one on its way."""
        for path, told in self._told.items():
            done = sum(one.step <= image.at for one in told)
            now = told[done - 1] if done else None
            held = image.files.get(path)
            on_its_way = [one for one in told[done : done + 1] if one.data is not None]
            if now is None and (held is None or not on_its_way or on_its_way[0].grows):
                # A name that is no file's yet; one that grows is begun before anything is said of it.
                continue
            allowed = [*([now] if now is not None else []), *on_its_way]
            if not any(one.kept(held) for one in allowed) and not (now is not None and now.data is None):
                return f"{Path(path).name} is {'gone' if held is None else 'not what was kept'}"
        return ""


def _learned(before: Disk, entries: list[Entry], checker: Checking) -> Promises:
    disk, promises = before.again(), Promises()
    checker.learn(disk.everything(0))
    for entry in entries:
        disk.play(entry)
        if isinstance(entry, Saved):
            checker.learn(disk.everything(len(checker.states)))
        if isinstance(entry, Kept):
            promises.add(entry, disk.steps, disk.everything(0).files[entry.path])
        if isinstance(entry, Given):
            promises.add(entry, disk.steps, None)
    return promises


def _cut(before: Disk, entries: list[Entry], rng: random.Random) -> Iterator[Image]:
    disk, seen, saved = before.again(), set[object](), 0
    for entry in entries:
        disk.play(entry)
        saved += isinstance(entry, Saved)
        yield from images(disk, saved, rng, seen)


def _last(before: Disk, entries: list[Entry]) -> Image:
    """What is there when nothing happened to the power."""
    disk = before.again()
    for entry in entries:
        disk.play(entry)
    return disk.everything(sum(isinstance(entry, Saved) for entry in entries))


def _judge(
    image: Image, checker: Checking, promises: Promises, found: Found, *, goes_on: bool = False
) -> None:
    found.images += 1
    verdict = checker.check(image, goes_on=goes_on or found.images % _GOES_ON == 0)
    broken = verdict.broken or promises.broken(image)
    found.lost += bool(verdict.lost)
    found.broken += bool(broken)
    if (verdict.lost or broken) and len(found.examples) < _EXAMPLES:
        said = "; ".join(part for part in (verdict.lost, broken) if part)
        found.examples.append(f"{found.scene}, seed {found.seed}, step {image.at}, {image.fate}: {said}")
