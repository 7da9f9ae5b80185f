"""The scans that the usual jobs take at a real bench, counted: nothing else is pressed or typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.printing import label_of
from app.domain.event import Event
from app.ledger.audit import audit
from app.queries import desk, history
from app.scanning.commands import Word, payload
from app.station.setup import Shot
from app.workflows.view import IdleWork, LastAction, Marker
from tests.app.station.bench_world import GOOD_KETTLE, MUG_CODE, RMA, BenchWorld

PHOTO = "ab" * 32


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BenchWorld]:
    made = BenchWorld(tmp_path, camera=lambda: Shot(PHOTO))
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def job(world: BenchWorld, *scans: str | Word) -> Event:
    """The newest event after a job's scans, the mat's codes read off the mat like any other."""
    world.scan(*(payload(code) if isinstance(code, Word) else code for code in scans))
    assert len(world.traces) == len(scans), "each scan was answered once, and nothing else was entered"
    seq = world.thread.ask(lambda: world.ledger.head.seq)
    found = world.thread.ask(lambda: history.by_id(world.ledger.connection, world.traces[-1].event or ""))
    assert found is None or found.seq == seq
    return found.event if found else newest(world)


def newest(world: BenchWorld) -> Event:
    ids = [trace.event for trace in world.traces if trace.event]
    found = world.thread.ask(lambda: history.by_id(world.ledger.connection, ids[-1]))
    assert found is not None
    return found.event


def test_a_good_unit_is_three_scans(world: BenchWorld) -> None:
    event = job(world, RMA.code, GOOD_KETTLE, Word.GRADE_A)
    assert (event.body["grade"], event.body["disposition"]) == ("A", "restock")


def test_a_write_off_with_its_photo_is_six_scans(world: BenchWorld) -> None:
    event = job(world, RMA.code, MUG_CODE, Word.GRADE_D, Word.ANSWER_1, Word.PHOTO, Word.DISCARD)
    assert (event.body["disposition"], event.body["photos"]) == ("scrap", [PHOTO])
    assert [move.target.reason for move in event.moves][-1] == "awaiting_write_off"


def test_a_blind_return_is_four_scans(world: BenchWorld) -> None:
    event = job(world, "00340434161094015902", Word.BLIND, MUG_CODE, Word.GRADE_D)
    assert (event.body["disposition"], event.body["grade"]) == ("hold_blind", "D")
    assert event.private == {"found_on": "00340434161094015902"}


def test_a_thing_nobody_knows_is_five_scans(world: BenchWorld) -> None:
    event = job(world, "00340434161094015902", Word.BLIND, Word.UNKNOWN, Word.PHOTO, Word.DONE)
    assert (event.kind, event.moves, event.body["photos"]) == ("return.unidentified", (), [PHOTO])
    assert event.private == {"found_on": "00340434161094015902"}
    document, copy = world.printed[0]
    assert (document["code"], document["headline"], document["sku"], copy) == (
        event.body["label"],
        "HOLD",
        "",
        False,
    )
    assert label_of(document, copy=False).holding
    idle = world.bench.screen().bench
    assert isinstance(idle.work, IdleWork)
    assert [job.title for job in idle.work.recent] == ["Unidentified thing"]
    assert idle.last is not None
    assert idle.last.text == "Unidentified thing, HOLD"


def test_a_thing_nobody_knew_is_taken_back_with_its_label(world: BenchWorld) -> None:
    job(world, "X-1", Word.BLIND, Word.UNKNOWN, Word.PHOTO, Word.UNDO)
    undone = newest(world)
    assert (undone.kind, undone.body["undoes"]) == ("return.undone", "return.unidentified")
    code = str(world.printed[0][0]["code"])
    label = world.thread.ask(lambda: desk.unit_label(world.ledger.connection, code))
    assert label is not None
    assert label.state == "void"
    assert "taken back" in (world.bench.screen().bench.last or LastAction(Marker.OK, "", "", False)).text
