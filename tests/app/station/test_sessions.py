"""Locking, signing out and coming back at a real bench where nobody is set up to sign in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
from app.ledger.audit import audit
from app.queries import history
from app.scanning.commands import Word
from app.workflows.view import BandState, SignInWork
from tests.app.station.bench_world import GOOD_KETTLE, MUG_CODE, RMA, BenchWorld
from tests.app.station.review_world import RUTH, ReviewWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BenchWorld]:
    made = BenchWorld(tmp_path)
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def chain(world: BenchWorld) -> list[tuple[str, str, str, int]]:
    """Kind, person, session and moves of every event, as the chain holds them."""

    def ask() -> list[tuple[str, str, str, int]]:
        sql = "SELECT event_id FROM event ORDER BY seq"
        found = [
            history.by_id(world.ledger.connection, row[0])
            for row in world.ledger.connection.exec_driver_sql(sql).all()
        ]
        return [
            (str(e.event.kind), e.event.operator, e.event.session, len(e.event.moves)) for e in found if e
        ]

    return world.thread.ask(ask)


def test_a_lock_over_a_running_job_keeps_it_and_any_key_opens_it(world: BenchWorld) -> None:
    before = world.scan(RMA.code, GOOD_KETTLE)
    world.say(Word.LOCK)
    locked = world.bench.screen()
    work = locked.bench.work
    assert isinstance(work, SignInWork)
    assert work.any_key
    assert "Nobody is set up" in locked.bench.band.hint
    assert any(RMA.code in note for _, note in work.notes)
    assert locked.bench.job is None, "nothing of the job can be touched"
    world.say(Word.LOCK)
    assert isinstance(world.bench.screen().bench.work, SignInWork), "LOCK twice stays locked"
    after = world.say(Word.OK)
    assert after.bench == before.bench
    assert chain(world)[-2:] == [
        ("session.locked", "ana", "s-1", 0),
        ("session.unlocked", "ana", "s-1", 0),
    ]


def test_a_scan_over_the_lock_counts_nothing_and_says_so(world: BenchWorld) -> None:
    world.scan(RMA.code)
    world.say(Word.LOCK)
    screen = world.scan(MUG_CODE)
    assert screen.bench.band.headline == "That scan only opened the screen"
    assert screen.bench.job is not None
    assert [row.here for row in screen.bench.job.rows] == [0, 0]
    assert world.traces[-1].route == "session:locked>open>session.only_opened"
    world.say(Word.LOCK)
    world.say(Word.GRADE_A)
    assert [kind for kind, *_ in chain(world) if kind == "return.dispositioned"] == []


def test_signing_out_ends_a_session_and_the_next_begins_at_the_same_job(world: BenchWorld) -> None:
    before = world.scan(RMA.code, GOOD_KETTLE)
    world.say(Word.LOCK, Word.SIGN_OUT)
    out = world.bench.screen()
    assert out.status.person == "Nobody signed in"
    world.say(Word.SIGN_OUT, Word.LOCK)
    assert isinstance(world.bench.screen().bench.work, SignInWork)
    after = world.say(Word.OK)
    assert after.bench == before.bench
    assert after.status.person == "Ana K., Inspector"
    *_, ended, started = chain(world)
    assert ended == ("session.ended", "ana", "s-1", 0)
    assert started[:2] == ("session.started", "ana")
    assert started[2] != "s-1"
    world.say(Word.GRADE_A)
    assert chain(world)[-1][:3] == ("return.dispositioned", "ana", started[2]), "work is in the new session"


def test_a_power_cut_under_the_lock_keeps_the_job(world: BenchWorld) -> None:
    before = world.scan(RMA.code, GOOD_KETTLE)
    world.say(Word.LOCK)
    world.restart()
    assert world.bench.screen().bench.work == before.bench.work


def test_a_lock_that_cannot_be_recorded_is_said(world: BenchWorld) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("The disk is full.")

    world.scan(RMA.code)
    record, world.ledger.record = world.ledger.record, fail  # type: ignore[assignment,method-assign]
    screen = world.say(Word.LOCK)
    world.ledger.record = record  # type: ignore[method-assign]
    assert screen.bench.band.headline == "Not recorded"
    assert screen.bench.band.state is BandState.ATTENTION
    assert not isinstance(screen.bench.work, SignInWork)


def test_a_lock_takes_the_badge_from_whoever_was_to_sign_and_keeps_the_marks(tmp_path: Path) -> None:
    world = ReviewWorld(tmp_path)
    world.discard()
    world.go(Word.GO_APPROVALS, Word.OK)
    world.badge(RUTH)
    assert world.review().pin is not None
    world.say(Word.LOCK)
    world.pin(RUTH.pin)
    world.say(Word.OK)
    assert world.review().pin is None
    assert [row.word for row in world.review().rows] == ["approve"]
    assert world.newest("stock.written_off") == []
    world.close()
    kept = sqlite3.connect(tmp_path / "station.db")
    assert kept.execute("SELECT count(*) FROM event WHERE kind LIKE 'approval.%'").fetchone() == (0,)
    kept.close()
