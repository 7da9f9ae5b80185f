"""Every statement of every write fails once: nothing is kept, nothing is believed, the next try works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.domain.event import Event
from app.domain.refusal import Unavailable
from app.ledger import mirror, outbox
from app.ledger.also import Also, DropDraft, LabelPrinted, SaveDraft, SetValue
from app.ledger.audit import audit
from app.ledger.writer import Ledger
from tests.app.ledger.faults import FULL, IO_ERROR, FaultyDbapi
from tests.app.ledger.station import LABELS, Station, everything, first_page, with_label

MOST = 60

Write = Callable[[Ledger], object]


def _recording(event: Event, labels: Sequence[Also] = ()) -> Write:
    also = (SaveDraft("job", {"step": 1}), DropDraft("old"), SetValue("person", "ana"), *labels)
    return lambda ledger: ledger.record(event, also)


@pytest.fixture
def faulty(station: Station) -> FaultyDbapi:
    module = FaultyDbapi()
    station.dbapi = module
    return module


def _refusal(write: Write, ledger: Ledger) -> str | None:
    try:
        write(ledger)
    except Unavailable as world:
        return str(world)
    return None


def _writes(station: Station, ledger: Ledger) -> dict[str, Write]:
    """One write of each sort, ready to be tried; the ledger has something to work on."""
    undone = station.disposition()
    ledger.record(undone, with_label(ledger, undone))
    ledger.record(station.disposition(serial="SN1"))
    labelled = station.disposition(private={"note": "x"})
    return {
        "disposition": _recording(labelled, with_label(ledger, labelled)),
        "undo": _recording(station.undoing(undone)),
        "save": lambda given: given.save([SaveDraft("job", {}), LabelPrinted("L07-1-K", "w")]),
        "acknowledge": lambda given: outbox.acknowledge(
            given, 1, 1, outbox.pending(given, 1)[0].hash if outbox.acknowledged(given) == 0 else "-"
        ),
        "page": lambda given: mirror.apply_page(given, first_page()),
        "adopt": lambda given: given.adopt(station.identity(given)),
    }


@pytest.mark.parametrize("code", [FULL, IO_ERROR])
@pytest.mark.parametrize("name", ["disposition", "undo", "save", "acknowledge", "page", "adopt"])
def test_a_failure_at_any_statement_changes_nothing_and_the_next_try_works(
    station: Station, faulty: FaultyDbapi, name: str, code: int
) -> None:
    with station.open() as ledger:
        write = _writes(station, ledger)[name]
        before, number = everything(ledger), ledger.peek_number(LABELS)
        head, cursor, identity = ledger.head, ledger.cursor, ledger.identity
        tried = 0
        for at in range(1, MOST):
            faulty.arm(at, code)
            said = _refusal(write, ledger)
            faulty.disarm()
            if said is None:
                break
            tried += 1
            # Some read something first.
            assert said.startswith("Not re" if name in {"acknowledge", "page"} else "Not recorded: the disk")
            assert everything(ledger) == before
            assert (ledger.head, ledger.cursor, ledger.identity) == (head, cursor, identity)
            assert ledger.peek_number(LABELS) == number
            assert audit(ledger).clean
        assert not faulty.fired
        assert tried >= 3
        assert everything(ledger) != before
        assert audit(ledger).clean
        assert ledger.record(station.disposition()).prev is not None


@pytest.mark.parametrize("name", ["disposition", "undo"])
@pytest.mark.parametrize("lasting", [0, 3])
def test_a_commit_hidden_by_an_error_is_found_again_not_doubled(
    station: Station, faulty: FaultyDbapi, name: str, lasting: int
) -> None:
    """The disk carries the commit out and reports an error; then it is well at once, or still bad."""
    with station.open() as ledger:
        write = _writes(station, ledger)[name]
        seq = ledger.head.seq
        for at in range(1, MOST):
            faulty.arm(at, after=True, lasting=lasting)
            said = _refusal(write, ledger)
            faulty.disarm()
            assert audit(ledger).clean
            if ledger.head.seq > seq:
                break
            assert said is not None
        assert faulty.fired
        assert (said is None) == (lasting == 0)
        rows = everything(ledger)
        assert getattr(write(ledger), "seq", None) == ledger.head.seq == seq + 1
        assert everything(ledger) == rows


def test_opening_fails_at_any_statement_and_opens_the_next_time(
    station: Station, faulty: FaultyDbapi
) -> None:
    station.path = station.path.with_name("new.db")
    opened = False
    for at in range(1, 400):
        faulty.arm(at)
        try:
            ledger = station.open()
        except Unavailable:
            assert faulty.fired
            continue
        opened = not faulty.fired
        ledger.close()
        if opened:
            break
        _remove(station.path)
    assert opened


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def test_a_database_that_may_not_grow_says_so_and_goes_on_when_it_may(
    station: Station, ledger: Ledger
) -> None:
    pages = ledger.connection.exec_driver_sql("PRAGMA page_count").scalar()
    ledger.connection.exec_driver_sql(f"PRAGMA max_page_count = {int(pages or 0) + 4}").close()
    recorded = []
    with pytest.raises(Unavailable) as world:
        recorded += [ledger.record(station.disposition(private={"n": "x" * 2000})) for _ in range(100)]
    assert str(world.value) == (
        "Not recorded: the disk is full; free some space, nothing recorded so far is lost."
    )
    seq = ledger.head.seq
    assert 0 < seq < 100
    assert audit(ledger).clean
    # The limit was the old connection's: opened anew, there is room.
    assert ledger.record(station.disposition()).seq == seq + 1
    assert audit(ledger).clean
