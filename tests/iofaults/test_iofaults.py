"""Each I/O call of each write fails once, or from then on: refused in words, nothing kept, work goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
from app.ledger import mirror, outbox, photos
from app.ledger.also import PinAttempt, SaveDraft
from app.ledger.audit import audit
from app.ledger.backup import backup
from app.ledger.upgrade import make_current
from app.ledger.writer import Ledger
from app.queries import history
from app.workflows.view import BandState
from tests.app.ledger.fixtures import founded, station
from tests.app.ledger.station import Station, everything, first_page, with_label
from tests.app.station.bench_world import GOOD_KETTLE, MUG_CODE
from tests.iofaults.failing import FailingDisk, Kind
from tests.powercut.scene import Scene
from tests.powercut.scenes import SCENES, StandardBench, laid_out
from tests.powercut.vfs import watching

__all__ = ["founded", "station"]
MOST = 400

Write = Callable[[Ledger], object]


@pytest.fixture
def disk() -> Iterator[FailingDisk]:
    found = FailingDisk()
    with watching(found):
        yield found


def writes(station: Station, ledger: Ledger) -> dict[str, Write]:
    """One write of each sort, ready to be tried."""
    undone, photo = station.disposition(), "ab" * 32
    ledger.record(undone, with_label(ledger, undone))
    shot = station.disposition(serial="SN1")
    shot.body["photos"] = [photo]  # type: ignore[index]  # a dict until it is sealed
    ledger.record(shot)
    fresh, undo, first = (
        station.disposition(private={"note": "x" * 9000}),
        station.undoing(undone),
        first_page(),
    )
    labels = with_label(ledger, fresh)
    head = outbox.pending(ledger, 1)[0].hash
    return {
        "event": lambda given: given.record(fresh, (*labels, SaveDraft("job", {"step": 1}))),
        "undo": lambda given: given.record(undo),
        "draft and PIN": lambda given: given.save([SaveDraft("j", {}), PinAttempt("RUTH", 3, True, 0)]),
        "acknowledgement": lambda given: outbox.acknowledge(given, 1, 1, head),
        "page": lambda given: mirror.apply_page(given, first),
        "photo": lambda given: photos.mark(given, [photo], photos.MISSING),
    }


def said(write: Write, ledger: Ledger) -> str | None:
    """Why it was refused; None when it was done."""
    try:
        write(ledger)
    except Unavailable as world:
        return str(world)
    return None


@pytest.mark.parametrize(
    ("name", "kind", "lasting"),
    [
        *((name, kind, lasting) for name in ("event",) for kind in Kind for lasting in (False, True)),
        *((name, Kind.EIO, False) for name in ("undo", "draft and PIN", "acknowledgement", "page", "photo")),
        *((name, Kind.FULL, True) for name in ("undo", "draft and PIN", "acknowledgement", "page", "photo")),
    ],
)
def test_every_call_of_a_write_fails_and_nothing_is_half_kept(
    station: Station, disk: FailingDisk, name: str, kind: Kind, lasting: bool
) -> None:
    with station.open() as ledger:
        write = writes(station, ledger)[name]
        before = everything(ledger)
        ledger.close()
        saved = station.path.read_bytes()
        refused, done = 0, False
        for at in range(1, MOST):
            # Of one sort of write every other try opens the file first: each sort opens it alike.
            if name == "event" and at % 2:
                ledger.close()
            disk.arm(at, kind, lasting=lasting)
            why = said(write, ledger)
            fired = disk.fired
            disk.disarm()
            found = everything(ledger)
            if why is not None:
                assert fired
                assert why.startswith(("Not recorded: ", "Not read: ")), why
                refused += 1
            if found != before:
                # An error after the last byte was handed over: the commit is there and is found.
                assert why is None or fired == "sync", (why, fired)
                assert audit(ledger).clean
                done = not fired
                assert said(write, ledger) is None
                assert name == "acknowledgement" or everything(ledger) == found
                if done:
                    break
                ledger.close()
                station.path.write_bytes(saved)
            else:
                assert why is not None, "what was said to be done is there"
        assert done
        assert refused >= 2
        assert audit(ledger).clean


def test_the_calls_that_fail_are_all_sorts_of_calls(station: Station, disk: FailingDisk) -> None:
    with station.open() as ledger:
        write = writes(station, ledger)["event"]
        ledger.close()
        for at in range(1, MOST):
            ledger.close()
            disk.arm(at, Kind.EIO, lasting=False)
            said(write, ledger)
            if not disk.fired:
                break
            disk.disarm()
    assert {"open", "read", "write", "sync", "lock", "file_size", "access", "shm_map"} <= set(disk.failed)


@pytest.mark.parametrize("kind", Kind)
def test_every_call_of_a_copy_fails_and_the_copy_before_stays(
    station: Station, disk: FailingDisk, kind: Kind
) -> None:
    target = station.path.with_name("copy.db")
    with station.open() as ledger:
        ledger.record(station.disposition())
        backup(ledger.path, ledger.dbapi, target)
        before = first = target.read_bytes()
        ledger.record(station.disposition())
        for at in range(1, MOST):
            disk.arm(at, kind, lasting=False)
            try:
                backup(ledger.path, ledger.dbapi, target)
                # Not every failure matters, such as one of a look at a file that is not there.
                before = target.read_bytes()
            except Unavailable:
                assert target.read_bytes() == before
                assert not target.with_name("copy.db.part").exists()
            if not disk.fired:
                break
            disk.disarm()
        assert not disk.fired
        disk.disarm()
        assert target.read_bytes() != first
        assert ledger.record(station.disposition()).seq == 3


@pytest.mark.parametrize("kind", [Kind.EIO, Kind.SHORT])
def test_every_call_of_an_upgrade_fails_and_the_next_start_goes_on(
    tmp_path: Path, disk: FailingDisk, kind: Kind
) -> None:
    scene = SCENES["upgrade from 0003"]
    laid_out(scene, tmp_path / "old", tmp_path / "ready")
    assert isinstance(scene, Scene)
    station = scene.station(tmp_path / "old")
    old = station.path.read_bytes()
    tried = 0
    # The calls are many and alike, and an upgrade takes long: some of them, from the first to the last.
    for at in range(1, 2000, 60):
        for path in station.path.parent.iterdir():
            path.unlink()
        station.path.write_bytes(old)
        disk.arm(at, kind, lasting=False)
        why = said(lambda _: make_current(ledger_of(station)._database, station.clock, "0.1.0"), None)  # type: ignore[arg-type]
        fired = disk.fired
        disk.disarm()
        with station.open() as ledger:
            assert audit(ledger).clean
            assert ledger.head.seq == 6
        if not fired:
            assert why is None
            break
        tried += why is not None
    assert not fired
    assert tried >= 2


def ledger_of(station: Station) -> Ledger:
    return station.open()


@pytest.mark.parametrize("kind", Kind)
def test_the_screen_says_not_recorded_and_the_same_scan_counts_when_the_disk_is_well(
    tmp_path: Path, disk: FailingDisk, kind: Kind
) -> None:
    laid_out(SCENES["return, grade, discard, undo"], tmp_path / "run", tmp_path / "ready")
    world = StandardBench(tmp_path / "run")
    with closing(world):
        world.scan("1Z999AA10123456784", MUG_CODE)
        refused = 0
        for at in range(1, MOST):
            count = len(world.printed)
            disk.arm(at, kind, lasting=at % 3 == 0)
            screen = world.say("GRI")
            disk.disarm()
            events = world.thread.ask(lambda: history.recent(world.ledger.connection, 5))
            if len(events) == 1:
                break
            assert events == ()
            assert len(world.printed) == count == 0, "no label without a saved unit"
            assert screen.bench.band.state is not BandState.OK
            assert screen.bench.band.headline == "Not recorded"
            refused += 1
        assert refused >= 2
        # Where the last failure hid a commit, the next scan finds out.
        world.scan(GOOD_KETTLE)
        assert len(world.printed) == 1
        assert world.say("GRI").bench.band.state is BandState.OK
        assert world.thread.ask(lambda: audit(world.ledger)).clean


def test_after_a_failed_sync_the_same_connection_is_never_trusted(
    station: Station, disk: FailingDisk
) -> None:
    syncs = 0
    with station.open() as ledger:
        event = station.disposition()
        for at in range(1, MOST):
            before = ledger.connection
            disk.arm(at, Kind.EIO, lasting=False)
            why = said(lambda given: given.record(event), ledger)
            fired = disk.fired
            disk.disarm()
            if fired == "sync":
                syncs += 1
                assert before.closed
                assert ledger.connection is not before
            if why is None:
                break
        assert ledger.head.seq == 1
    assert syncs >= 1
