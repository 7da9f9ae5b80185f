"""Whole works of a centre on SQLite, on a disk of which each call may fail."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from app.domain.digests import digest_of
from sync.central.photo_folder import PhotoFolder
from sync.central.store.database import create_database
from tests.damage import NONSENSE, damaged_with_log
from tests.iofaults.scenario import Scenario
from tests.powercut import centre_scenes
from tests.powercut.centre_scenes import CENTRE, COPY, KEY, PHOTOS, STATION
from tests.sync.central.receiving import Bench, Store

_PICTURE = centre_scenes.picture(random.Random(2))
_DIGEST = digest_of(_PICTURE)


def _bench() -> Bench:
    """The bench of the centre, and three events more than that has."""
    bench = Bench()
    bench.work(5)
    return bench


def _push(folder: Path) -> None:
    store, bench = Store(folder), _bench()
    try:
        centre_scenes.sent(store, bench, bench.events[2:])
    finally:
        store.database.close()


def _stored(folder: Path, done: bool) -> str:
    store, bench = Store(folder), _bench()
    held = len(store.states(bench))
    # What was not acknowledged is sent again.
    centre_scenes.sent(store, bench, bench.events[2:])
    whole = len(store.states(bench)) == 5
    store.database.close()
    right = held in {2, 5} and (held == 5 or not done) and whole
    return centre_scenes.starts(folder) if right else f"{held} events, done: {done}, whole: {whole}"


def _erase(folder: Path) -> None:
    store = Store(folder)
    # Other identities than those that the centre began with.
    store.ids.secret(5_000)
    try:
        centre_scenes.erase_words(store, _bench().events[0].event_id)
    finally:
        store.database.close()


def _erased(folder: Path, done: bool) -> str:
    store = Store(folder)
    one, two = (event.event_id for event in _bench().events[:2])
    before = centre_scenes.words(store)
    store.ids.secret(9_000)
    centre_scenes.erase_words(store, one)
    after = centre_scenes.words(store)
    store.database.close()
    right = before in ({one, two}, {two}) and (before == {two} or not done) and after == {two}
    return (
        centre_scenes.starts(folder)
        if right
        else f"{len(before)}, then {len(after)} with words, done: {done}"
    )


def _open(folder: Path) -> None:
    create_database(centre_scenes.url(folder)).close()


def _copied(folder: Path) -> None:
    centre_scenes.copied(folder)


def _copy_whole(folder: Path, done: bool) -> str:
    copy, key = folder / COPY, folder / f"{COPY}.key"
    if copy.exists():
        with closing(sqlite3.connect(copy)) as found:
            if found.execute("SELECT count(*) FROM receipt").fetchone()[0] < 2:
                return "the copy is not whole"
    if key.exists() and key.read_bytes() != (folder / KEY).read_bytes():
        return "the copy of the key is not whole"
    centre_scenes.copied(folder)
    left = [path.name for path in folder.glob("*.part*")]
    wrong = f"left over: {left}" if left else centre_scenes.starts(folder)
    return wrong or ("" if not done or (copy.exists() and key.exists()) else "said to be done, and is not")


def _put_back(folder: Path) -> None:
    centre_scenes.put_back(folder)


def _replaced(folder: Path, done: bool) -> str:
    held = centre_scenes.old_or_copy(folder)
    wrong = held or (centre_scenes.the_copy(folder) if done else "")
    if wrong or not centre_scenes.the_copy(folder):
        return wrong
    # Not done: it is done now, from where it stopped.
    centre_scenes.put_back(folder)
    return centre_scenes.the_copy(folder)


def _damaged(folder: Path) -> None:
    """A centre that was copied; then its first page went, and its log has what came last."""
    centre_scenes.enrolled(folder)
    centre_scenes.copied(folder)
    (folder / "log").write_bytes(damaged_with_log(folder / CENTRE, "UPDATE counter SET value = value"))


def _with_log(folder: Path) -> list[str]:
    """Under which names the damaged file and its log are together."""
    logs = {path: path.with_name(f"{path.name}-wal") for path in folder.glob("centre*.db")}
    return [
        path.name
        for path, log in logs.items()
        if path.read_bytes().startswith(NONSENSE)
        and log.exists()
        and log.read_bytes() == (folder / "log").read_bytes()
    ]


def _damage_kept(folder: Path, done: bool) -> str:
    replaced = not (folder / CENTRE).read_bytes().startswith(NONSENSE)
    if not _with_log(folder) or (done and not replaced):
        return f"{sorted(path.name for path in folder.glob('centre*'))}, done: {done}"
    if not replaced:
        centre_scenes.put_back(folder)
    kept = _with_log(folder)
    return centre_scenes.the_copy(folder) if kept else "the next restore left the log behind"


def _photograph(folder: Path) -> None:
    photos = PhotoFolder(folder / PHOTOS, lambda _: 1 << 40)
    while (have := photos.have(_DIGEST, STATION)) < len(_PICTURE):
        photos.append(_DIGEST, STATION, have, _PICTURE[have : have + 700])
    photos.finish(_DIGEST, STATION)


def _photo_whole(folder: Path, done: bool) -> str:
    photos = PhotoFolder(folder / PHOTOS, lambda _: 1 << 40)
    size = photos.size(_DIGEST)
    if (size is not None or done) and photos.read(_DIGEST) != _PICTURE:
        return f"the photo has {size} bytes and is another, done: {done}"
    if size is None:
        _photograph(folder)
    return "" if photos.read(_DIGEST) == _PICTURE else "the photo does not go on"


CENTRE_SCENARIOS: tuple[Scenario, ...] = (
    Scenario("centre receives", centre_scenes.enrolled, _push, _stored),
    Scenario("centre erases words", centre_scenes.enrolled, _erase, _erased),
    Scenario("centre made", lambda _: None, _open, lambda folder, _: centre_scenes.starts(folder)),
    Scenario("centre upgraded", centre_scenes.older, _open, lambda folder, _: centre_scenes.upgraded(folder)),
    Scenario("centre copied", centre_scenes.enrolled, _copied, _copy_whole),
    Scenario("centre put back", centre_scenes.replaced, _put_back, _replaced),
    Scenario("centre put back over damage", _damaged, _put_back, _damage_kept),
    Scenario("centre's photo", lambda _: None, _photograph, _photo_whole),
)
