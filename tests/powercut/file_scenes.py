"""Scenes in which more than the record is at stake: files that take places, come beside it, grow or go."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest import mock

from app.bootstrap import carrying, keeping, record, restoring, sqlite
from app.bootstrap.folder import Folder
from app.bootstrap.photo_shelf import LedgerShelf
from app.bootstrap.snapshotting import renew_mirror
from app.domain import bundle
from app.domain.feed import Cursor
from app.domain.framing import unframed
from app.domain.refusal import Refused
from app.domain.snapshot import Snapshot, Table, line_of
from app.ledger import mirror, outbox, photos, renewal
from app.ledger.also import SetValue
from app.ledger.backup import backup
from app.ledger.owed import Due
from app.ledger.second_copy import SecondCopy, chain_after
from app.ledger.swapping import EXPORTED
from app.ledger.writer import Ledger
from app.station.keyfile import load_or_make
from app.station.photos import PhotoStore
from tests.app.ledger.station import (
    KETTLE,
    MUG,
    HandClock,
    SeededIds,
    Station,
    first_page,
    item_change,
    rma,
    rma_change,
    with_label,
)
from tests.approvals.world import ROOT
from tests.powercut.scene import NAME, Scene, founded, opened
from tests.sync.client.test_snapshot import Paper

COPY, BUNDLE, USB, PHOTOS = "copy.db", "bundle.events", "usb", "photos"


def _owed(number: int, cause: str = "restored") -> Due:
    return Due(f"{number:02x}" * 16, cause, f"{number + 100:02x}" * 16)


def _work(station: Station, ledger: Ledger, events: int) -> None:
    for _ in range(events):
        event = station.disposition(private={"note": "x" * 400})
        ledger.record(event, with_label(ledger, event))


def _renew(folder: Path, rng: random.Random) -> None:
    """Epochs begin: a duty, what the centre lacks sealed anew, work before, between and after."""
    with opened(folder) as (station, ledger):
        mirror.apply_page(ledger, first_page())
        for number in (2, 3):
            _work(station, ledger, rng.randrange(2, 5))
            head = outbox.pending(ledger, 1)[0]
            outbox.acknowledge(ledger, ledger.head.epoch, head.seq, head.hash)
            renewal.owe(ledger, _owed(number))
            upto = ledger.last_seq
            _work(station, ledger, rng.randrange(2))
            lacking = rng.sample(range(1, upto + 1), rng.randrange(upto))
            renewal.begin(ledger, number, lacking, upto, {"unit": 40 * number})
            _work(station, ledger, 1)
        renewal.meet(ledger, 2, _owed(9, "centre_restored"))


def _erase(folder: Path, rng: random.Random) -> None:
    """What is personal comes with pages and goes with later ones; then all is forgotten and pulled anew."""
    with opened(folder) as (_, ledger):
        mirror.apply_page(ledger, first_page())
        for _ in range(rng.randrange(2, 5)):
            at = ledger.cursor.pos
            codes = [f"R-{n}" for n in range(rng.randrange(2, 30))]
            brought = [rma_change(at + n + 1, rma(code)) for n, code in enumerate(codes)]
            mirror.apply_page(ledger, first_page(*brought))
            erased = [
                replace(change, pos=at + len(codes) + n + 1, document=None)
                for n, change in enumerate(brought)
                if n % 2
            ]
            if erased:
                mirror.apply_page(ledger, first_page(*erased))
        mirror.forget(ledger)
        mirror.apply_page(ledger, first_page(item_change(1, MUG), rma_change(2, rma("R-9"))))


def _pictures(folder: Path, rng: random.Random) -> None:
    """Photos are kept, sent, kept for their time, removed; one whose file vanished is missed and found."""
    store = PhotoStore(folder / PHOTOS, lambda _: 1 << 40)
    clock = HandClock()
    with opened(folder) as (station, ledger):
        shelf = LedgerShelf(_Here(), ledger, store, keep_days=0)  # type: ignore[arg-type]  # asks at once
        for _ in range(rng.randrange(3, 6)):
            shot = store.keep(rng.randbytes(rng.randrange(700, 4000)), rng.choice(["jpg", "png"]))
            event = station.disposition()
            ledger.record(replace(event, body={**event.body, "photos": [shot.photo]}))
            sealed = outbox.pending(ledger, 9)[-1]
            outbox.acknowledge(ledger, 1, sealed.seq, sealed.hash)
            for digest in shelf.waiting(9):
                clock.forward(60)
                if shelf.read(digest) is not None and rng.getrandbits(1):
                    shelf.confirmed(digest, 1, clock.now())
            clock.forward(60)
            for digest in shelf.due(clock.now(), rng.randrange(3)):
                shelf.remove(digest)
        lost = "ab" * 32
        event = station.disposition()
        ledger.record(replace(event, body={**event.body, "photos": [lost]}))
        shelf.miss(lost)
        shelf.told([lost])
        shelf.look_again()
        shelf.restored(2)


class _Here:
    """The station's thread where there is only one."""

    @staticmethod
    def ask(question: Callable[[], object]) -> object:
        return question()


def _pictures_kept(ledger: Ledger) -> str:
    """What waits to be sent has its file."""
    store = PhotoStore(ledger.path.parent / PHOTOS)
    gone = [one for one in photos.waiting(ledger, 99) if store.read(one) is None]
    # That one never had a file.
    return f"photos that wait have no file: {gone}" if set(gone) - {"ab" * 32} else ""


def _follow(folder: Path, rng: random.Random) -> None:
    """A second copy is begun, grows, is let go and found again, falls behind, and goes on in a new epoch."""
    with opened(folder) as (station, ledger):
        copy = SecondCopy(folder / USB)
        for step in range(rng.randrange(6, 10)):
            _work(station, ledger, rng.randrange(1, 4))
            if rng.randrange(4) == 0:
                copy.close()
                copy = SecondCopy(folder / USB)
            if trouble := copy.follow(ledger):
                raise AssertionError(trouble)
            if step == 4:
                renewal.owe(ledger, _owed(2))
                renewal.begin(ledger, 2, [1, 3], ledger.last_seq)
        copy.close()


def followed(ledger: Ledger) -> str:
    """The copy goes on, and then has every event of the newest chain; none is said to be lost."""
    folder = ledger.path.parent / USB
    copy = SecondCopy(folder)
    try:
        trouble = copy.follow(ledger)
    finally:
        copy.close()
    held = set[str]()
    for path in folder.glob("*.events"):
        with path.open("rb") as file:
            try:
                held |= {hashlib.sha256(one.header).hexdigest() for one in unframed(file, lambda _: None)}
            except Refused:
                # A cut right after it was begun: it has nothing, and another was begun beside it.
                continue
    lacking = [
        one.seq for one in chain_after(ledger, 0) if hashlib.sha256(one.header).hexdigest() not in held
    ]
    return trouble or (f"the copy lacks {lacking}" if lacking else "") or "; ".join(map(str, copy.lost))


def keyed(folder: Path) -> Folder:
    """A station's folder as the program makes one, with its own key, and some work in the record."""
    made = Folder(folder)
    with standard(1), record.open_record(made, must_exist=False) as ledger:
        ledger.adopt(Station(folder / NAME).identity(ledger))
        _work(Station(folder / NAME), ledger, 4)
    return made


def signer(folder: Path) -> Station:
    with standard(1):
        key = load_or_make(folder / "station.key", SeededIds(7))
    return Station(folder / NAME, signer=key, ids=SeededIds(55), made=500)


@contextmanager
def standard(seed: int) -> Iterator[None]:
    """The program as ever, on the library that is watched, with identities that come again."""
    chosen = sqlite.SqliteChoice(sqlite3, sqlite3.sqlite_version, sound=True)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(sqlite, "choose", return_value=chosen))
        for module in (record, restoring, carrying, keeping):
            stack.enter_context(mock.patch.object(module, "SystemIds", partial(SeededIds, seed)))
            stack.enter_context(mock.patch.object(module, "SystemClock", HandClock, create=True))
        yield


def copied(folder: Path) -> None:
    """A copy, work since then, and a program that was killed: the newest of it is in the log alone."""
    backup(keyed(folder).record, sqlite3, folder / COPY)
    with _killed(folder) as ledger:
        _work(signer(folder), ledger, 3)


def _damaged(folder: Path) -> None:
    """The same, with a first page that is nonsense, of which the log holds nothing."""
    copied(folder)
    signer(folder).open().close()
    with _killed(folder) as ledger:
        ledger.save([SetValue("person", "ana")])
    record = folder / NAME
    record.write_bytes(bytes(range(256)) * 16 + record.read_bytes()[4096:])


def _log_alone(folder: Path) -> None:
    """The same, and the record was deleted by hand, its log was not."""
    copied(folder)
    (folder / NAME).unlink()


@contextmanager
def _killed(folder: Path) -> Iterator[Ledger]:
    """A program that ends in the middle of its work: its log stays."""
    with signer(folder).open() as ledger:
        yield ledger
        left = {path: path.read_bytes() for path in (folder / NAME, folder / f"{NAME}-wal")}
    for path, data in left.items():
        path.write_bytes(data)


def _restore(folder: Path, rng: random.Random) -> None:
    """A copy takes the record's place, and the station works on."""
    with standard(rng.randrange(2, 99)):
        restoring.restore(Folder(folder), folder / COPY, replace=True)
    with signer(folder).open() as ledger:
        _work(signer(folder), ledger, rng.randrange(1, 3))


_SINCE = 7
"""The last event of the record that a copy takes the place of."""


def _owes(ledger: Ledger) -> str:
    """The station is the copy, and owes a new epoch."""
    held = ledger.last_seq
    return "" if renewal.due(ledger) is not None else f"a record of {held} events owes no new epoch"


def _owes_or_was(ledger: Ledger) -> str:
    """It is the copy, or as it was, and was asked for one event since."""
    return "" if ledger.last_seq == _SINCE + 1 else _owes(ledger)


def _export(folder: Path, rng: random.Random) -> None:
    """Everything is exported; more is recorded, in another epoch too; and exported over the first file."""
    with signer(folder).open() as ledger:
        _work(signer(folder), ledger, rng.randrange(1, 3))
    with standard(rng.randrange(2, 99)):
        carrying.export(Folder(folder), folder / BUNDLE, replace=False)
    with signer(folder).open() as ledger:
        renewal.begin(ledger, 2, [1], ledger.last_seq)
        _work(replace(signer(folder), made=700, ids=SeededIds(77)), ledger, rng.randrange(1, 3))
    with standard(rng.randrange(2, 99)):
        carrying.export(Folder(folder), folder / BUNDLE, replace=True)


def _exported(ledger: Ledger) -> str:
    """A record that says it was exported has its bundle, which is proven."""
    path = ledger.path.parent / BUNDLE
    if not path.exists():
        return "exported, and no bundle" if ledger.value(EXPORTED) else ""
    with path.open("rb") as file:
        try:
            said = bundle.check(file, lambda _: ledger.public_key)
        except Refused as no:
            return f"the bundle is refused: {no.read}"
    return "" if said is not None else "the bundle has no manifest"


def joined(folder: Path) -> None:
    """A station that joined, sent everything, and has old records of the centre's."""
    with opened(folder) as (station, ledger):
        ledger.adopt(station.identity(ledger))
        _work(station, ledger, 4)
        mirror.apply_page(ledger, first_page(item_change(1, MUG), rma_change(2, rma("R-8"))))
        last = outbox.pending(ledger, 9)[-1]
        outbox.acknowledge(ledger, 1, last.seq, last.hash)


def offered(rng: random.Random) -> Paper:
    """A centre that offers a snapshot of a newer generation, in pieces."""
    changes = [
        ("approval_root", "root", {"public_key": ROOT.public_key.hex()}),
        *(("item", item.sku, dict(item.to_json())) for item in (MUG, KETTLE)),
    ]
    for n in range(rng.randrange(20, 60)):
        change = rma_change(1, rma(f"R-{n}"))
        changes.append((change.kind, change.key, dict(change.document or {})))
    lines = b"".join(
        line_of(pos, kind, key, json.dumps(document))
        for pos, (kind, key, document) in enumerate(changes, start=1)
    )
    data = gzip.compress(lines, mtime=0)
    said = Snapshot(
        "c" * 32,
        "WH1",
        Cursor(2, len(changes) + 5),
        len(data),
        hashlib.sha256(data).hexdigest(),
        Table(len(changes), hashlib.sha256(lines).hexdigest()),
    )
    return Paper(data, said)


def renewed(folder: Path, rng: random.Random) -> Snapshot:
    """The mirror anew from a snapshot, in a record beside the old one that takes its place."""
    station = Station(folder / NAME)
    opener = lambda path: replace(station, path=path).open()  # noqa: E731 - opens a record
    return renew_mirror(folder / NAME, sqlite3, opener, offered(rng), _owed(5, "centre_restored"))


def _bootstrap(folder: Path, rng: random.Random) -> None:
    """A snapshot's mirror takes the old one's place; the station works on and it is done once more."""
    for _ in range(2):
        renewed(folder, rng)
        with opened(folder) as (station, ledger):
            station.made = ledger.last_seq
            station.ids = SeededIds(ledger.last_seq + 900)
            ledger.record(station.disposition())
            last = outbox.pending(ledger, 9)[-1]
            outbox.acknowledge(ledger, 1, last.seq, last.hash)


def _with_own_key(
    name: str, prepare: Callable[[Path], object], play: Callable[..., object], **more: object
) -> Scene:
    return Scene(name, prepare, play, keyed=signer, **more)  # type: ignore[arg-type]


FILE_SCENES: tuple[Scene, ...] = (
    Scene("epochs renewed", founded, _renew),
    Scene("personal data erased", founded, _erase),
    Scene("photos sent and removed", founded, _pictures, after=_pictures_kept),
    Scene("second copy", founded, _follow, after=followed),
    Scene("snapshot takes the record's place", joined, _bootstrap),
    _with_own_key("copy put back", copied, _restore, after=_owes_or_was),
    _with_own_key("copy put back over damage", _damaged, _restore, after=_owes),
    _with_own_key("copy put back where only a log is left", _log_alone, _restore, after=_owes),
    _with_own_key("bundle exported", keyed, _export, after=_exported),
)
