"""What is done at a station while its power may go: each write path of the product, on a real file."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.feed import Page
from app.domain.refusal import Refused
from app.ledger import mirror, outbox, photos
from app.ledger.also import DropDraft, LabelPrinted, SaveDraft, SetValue
from app.ledger.backup import backup
from app.ledger.database import Database
from app.ledger.steps import climb
from app.ledger.writer import Ledger
from app.scanning.commands import Word
from app.station import keyfile
from app.station.photos import PhotoStore
from app.station.setup import Shot
from tests.app.ledger.station import (
    KETTLE,
    MUG,
    SeededIds,
    Station,
    first_page,
    item_change,
    rma,
    rma_change,
    with_label,
)
from tests.app.station.approver_desk import OMAR, RUTH, ApproverDesk
from tests.app.station.bench_world import GOOD_KETTLE, MUG_CODE, BenchWorld
from tests.app.station.floor_world import BIN, SIX, FloorWorld
from tests.app.station.test_receipts import DOC, FORTY, SMALL, Dock, coming
from tests.powercut.centre_scenes import CENTRE_SCENES, CentreScene
from tests.powercut.erasing_scenes import ERASING_SCENES
from tests.powercut.file_scenes import FILE_SCENES
from tests.powercut.scene import NAME, Scene, founded, opened


class StandardBench(BenchWorld):
    library = sqlite3


class StandardFloor(FloorWorld):
    library = sqlite3


class StandardDock(Dock):
    library = sqlite3


def _return(folder: Path, rng: random.Random) -> None:
    """Receive, grade, ask for a write-off with its photo, take back, blind, on hold; labels come out."""
    store = PhotoStore(folder / "photos", lambda _: 1 << 40)
    camera: Callable[[], Shot] = lambda: store.keep(rng.randbytes(rng.randrange(600, 5000)), "png")  # noqa: E731 - a camera is a call
    world = StandardBench(folder, camera=camera)
    jobs: list[tuple[str, ...]] = [
        (GOOD_KETTLE, "#GRI"),
        (MUG_CODE, "#GRI"),
        (MUG_CODE, "#GRIV", "#" + Word.ANSWER_1, "#" + Word.PHOTO, "#" + Word.DISCARD),
        (MUG_CODE, "#GRII", "#UNDO"),
    ]
    rng.shuffle(jobs)
    with closing(world):
        for scans in (("1Z999AA10123456784",), *jobs, ("#HOLD",), ("#BLIND", MUG_CODE, "#GRII", "#DONE")):
            for scan in scans:
                world.say(scan[1:]) if scan.startswith("#") else world.scan(scan)
        for document, _ in world.printed:
            world.bench.printed(str(document["code"]))
        world.thread.ask(lambda: None)


def _count(folder: Path, rng: random.Random) -> None:
    """A bin is counted and closed, one is taken back, a word of stock comes from the centre."""
    world = StandardFloor(folder)
    with closing(world):
        world.go(Word.GO_COUNTS, BIN)
        for item in SIX:
            world.go(item.sku, rng.choice([Word.DIGIT_3, Word.DIGIT_3, Word.DIGIT_2]))
        world.go(Word.DONE)
        for item in SIX:
            # What differs is asked again; to the rest this is one more scan.
            world.go(item.sku, Word.DIGIT_3, Word.OK)
        world.go(Word.DONE, Word.UNDO)


def _receive(folder: Path, rng: random.Random) -> None:
    """A transfer's receipt, whole, or short and over with reasons; then it is taken back."""
    world = StandardDock(folder)
    with closing(world):
        world.told(coming(SMALL, FORTY[:2]), coming(DOC, FORTY[:6]), pos=100 + rng.randrange(50))
        world.go(Word.GO_RECEIVE, SMALL, "T-00", "T-01", Word.DONE)
        world.go(DOC, "T-00", Word.DIGIT_5, *(item.sku for item in FORTY[1:6]))
        world.go(Word.DONE, Word.ANSWER_1, Word.OK)
        world.go(Word.UNDO)


def _day(folder: Path, rng: random.Random) -> None:
    """The record's own writes in a seeded order: events, undo, pages, acknowledgements, photos, drafts."""
    with opened(folder) as (station, ledger):
        page = [first_page()]
        for step in range(rng.randrange(10, 16)):
            act = rng.choice(_ACTS)
            act(station, ledger, rng)
            if step == 1:
                mirror.apply_page(ledger, page[0])
        # Another generation of the feed: the mirror is made anew.
        mirror.apply_page(ledger, first_page(item_change(1, MUG), rma_change(2, rma("R-9")), gen=2))
        photos.send_again(ledger, 2)


def _event(station: Station, ledger: Ledger, rng: random.Random) -> None:
    event = station.disposition(private={"note": "x" * rng.choice([10, 300, 6000])})
    ledger.record(event, (*with_label(ledger, event), SaveDraft("job", {"step": station.made})))


def _undo(station: Station, ledger: Ledger, _rng: random.Random) -> None:
    event = station.disposition()
    ledger.record(event, with_label(ledger, event))
    ledger.record(station.undoing(event), (DropDraft("job"), SetValue("person", "ana")))


def _pull(_station: Station, ledger: Ledger, rng: random.Random) -> None:
    cursor = ledger.cursor
    if not cursor.pos:
        return
    changes = [
        rma_change(cursor.pos + n + 1, rma(f"R-{rng.randrange(40)}")) for n in range(rng.randrange(1, 60))
    ]
    changes.append(item_change(cursor.pos + len(changes) + 1, KETTLE))
    mirror.apply_page(ledger, Page(cursor.gen, changes[-1].pos, tuple(changes)))


def _acknowledge(_station: Station, ledger: Ledger, _rng: random.Random) -> None:
    for envelope in outbox.pending(ledger, 3)[-1:]:
        outbox.acknowledge(ledger, 1, envelope.seq, envelope.hash)


def _photo(station: Station, ledger: Ledger, rng: random.Random) -> None:
    shot = PhotoStore(ledger.path.parent / "photos", lambda _: 1 << 40).keep(rng.randbytes(3000), "jpg")
    event = station.disposition()
    ledger.record(replace(event, body={**event.body, "photos": [shot.photo]}))
    photos.mark(ledger, [str(shot.photo)], photos.MISSING)
    photos.confirm(ledger, str(shot.photo), 1, 1_000)


def _printed(_station: Station, ledger: Ledger, _rng: random.Random) -> None:
    ledger.save([SaveDraft("other", {"rows": [1] * 300}), LabelPrinted("L07-1-K", "2026-11-23T10:00:00Z")])


def _again(_station: Station, ledger: Ledger, _rng: random.Random) -> None:
    """The program ends; the log goes into the database and is taken away."""
    ledger.close()


_ACTS = (_event, _event, _event, _undo, _pull, _acknowledge, _photo, _printed, _again)


def _approve(folder: Path, rng: random.Random) -> None:
    """Keys are sealed; PINs fail, are counted before they are tried, lock; a list is signed."""
    with opened(folder) as (station, ledger):
        desk = ApproverDesk(station, ledger)
        desk.tell("approval_root", "root", _root())
        desk.enrol(RUTH)
        desk.enrol(OMAR)
        for _ in range(rng.randrange(1, 9)):
            station.clock.forward(600)
            with suppress(Refused):
                desk.approving.approve(replace(RUTH, pin="000001"), [desk.request()])
        request = desk.request()
        with suppress(Refused):
            (approval,) = desk.approving.approve(rng.choice([RUTH, OMAR]), [request])
            desk.record(request.event, approval)
        desk.revoke("OMAR")


def _root() -> dict[str, Any]:
    from tests.approvals.world import ROOT  # noqa: PLC0415 - one word of a large module

    return {"public_key": ROOT.public_key.hex()}


def _copy(folder: Path, rng: random.Random) -> None:
    """Copies of the record while it is worked on: the first, and others in its place."""
    with opened(folder) as (station, ledger):
        for _ in range(3):
            _event(station, ledger, rng)
            backup(ledger.path, ledger.dbapi, folder / "copy.db")


def _begin(folder: Path, _rng: random.Random) -> None:
    """A key and a new record are made, and it gets its first event."""
    keyfile.load_or_make(folder / "station.key", SeededIds(7), folder / NAME)
    with opened(folder) as (station, ledger):
        ledger.record(station.disposition())


def _older(version: str) -> Callable[[Path], None]:
    """A record as an older program left it: this program's rows, as far as that one had places for them."""

    def prepare(folder: Path) -> None:
        newest = folder / "newest.db"
        station = Station(newest)
        with station.open() as ledger:
            for _ in range(6):
                event = station.disposition(private={"note": "x" * 500})
                ledger.record(event, with_label(ledger, event))
            mirror.apply_page(ledger, first_page())
        old = Database(folder / NAME, sqlite3)
        climb(old, version)
        with closing(sqlite3.connect(newest)) as source, old.transaction() as tx:
            for (table,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
                _bring(source, tx.run_many, tx.run(f"PRAGMA table_info({table})", ()).fetchall(), table)
        old.close()
        newest.unlink()

    return prepare


def _bring(source: sqlite3.Connection, run_many: Callable[..., Any], columns: list[Any], table: str) -> None:
    if not columns or table == "alembic_version":
        return
    known = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}
    names = [column[1] for column in columns if column[1] in known]
    rows = source.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()  # noqa: S608 - our own tables
    marks = ", ".join("?" * len(names))
    run_many(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608 - our own tables


def _upgrade(folder: Path, _rng: random.Random) -> None:
    with opened(folder) as (station, ledger):
        ledger.record(station.disposition())


def _world(kind: type[BenchWorld]) -> Callable[[Path], None]:
    return lambda folder: kind(folder).close()


_ALL: tuple[Scene | CentreScene, ...] = (
    Scene("return, grade, discard, undo", _world(StandardBench), _return, bench=True),
    Scene("count closed", _world(StandardFloor), _count, bench=True),
    Scene("transfer received", _world(StandardDock), _receive, bench=True),
    Scene("events, pages, receipts, photos", founded, _day),
    Scene("approvals and PINs", founded, _approve),
    Scene("copies", founded, _copy),
    Scene("first start", lambda _: None, _begin, young=True),
    Scene("upgrade from 0001", _older("0001"), _upgrade, young=True),
    Scene("upgrade from 0003", _older("0003"), _upgrade, young=True),
    *FILE_SCENES,
    *ERASING_SCENES,
    *CENTRE_SCENES,
)
SCENES: Mapping[str, Scene | CentreScene] = {scene.name: scene for scene in _ALL}


def laid_out(scene: Scene | CentreScene, folder: Path, ready: Path) -> None:
    """The scene's folder as it is before; made once in `ready` and copied from there."""
    made = ready / scene.name.replace(" ", "-").replace(",", "")
    if not made.exists():
        made.mkdir(parents=True)
        scene.prepare(made)
    shutil.copytree(made, folder, dirs_exist_ok=True)
