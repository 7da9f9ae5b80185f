"""Signing in at a real bench: badges, PINs, whose job it is, who is remembered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.approvals.badge import badge_digest
from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.clock import to_text
from app.ledger.audit import audit
from app.scanning import badges
from app.scanning.commands import Word
from app.station.approving import Approver, Approving, Means
from app.station.people import Known, keeping, people
from app.workflows.view import Screen, SignInWork
from tests.app.station.approver_desk import CHEAP
from tests.app.station.bench_world import GOOD_KETTLE, RMA, BenchWorld
from tests.app.station.test_sessions import chain

ANA, BEN, DANA = b"badge of Ana....", b"badge of Ben....", b"badge of Dana..."
PIN = "271829"


class SignInWorld(BenchWorld):
    """A bench where Ana and Ben sign in by badge, Dana by badge and PIN."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.thread.ask(self._make_known)
        self.restart()

    def _make_known(self) -> None:
        now = to_text(self.clock.now())
        self.make_approving().enrol(Approver("dana", PIN, DANA))
        for known in (
            Known("ana", "Ana K.", "inspector", badge_digest(ANA), False, now),
            Known("ben", "Ben T.", "inspector", badge_digest(BEN), False, now),
            Known("dana", "Dana R.", "supervisor", "", True, now),
        ):
            self.ledger.save([keeping(people(self.ledger), known)])

    def make_approving(self) -> Approving:
        means = Means(CHEAP, b"p" * PEPPER_SIZE, frozenset(), self.clock, self.ids)
        return Approving(self.ledger, means)

    def badge(self, secret: bytes) -> Screen:
        return self.scan(badges.payload(secret))

    def pin(self, pin: str) -> Screen:
        self.bench.enter_pin(pin)
        return self.thread.ask(self.bench.screen)

    def headline(self) -> str:
        return self.bench.screen().bench.band.headline

    @property
    def closed(self) -> bool:
        return isinstance(self.bench.screen().bench.work, SignInWork)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SignInWorld]:
    made = SignInWorld(tmp_path)
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def test_nothing_is_done_before_a_badge_and_then_the_work_is_whose_it_was(world: SignInWorld) -> None:
    assert world.headline() == "Scan your badge"
    assert world.bench.screen().status.person == "Nobody signed in"
    world.scan(RMA.code)
    assert world.headline() == "Scan your badge first"
    world.say(Word.OK)
    assert world.closed, "no key opens it"
    world.badge(b"nobody's badge..")
    assert world.headline() == "Nobody here has that badge"
    assert chain(world) == []
    world.badge(BEN)
    assert world.bench.screen().status.person == "Ben T., Inspector"
    world.scan(RMA.code, GOOD_KETTLE)
    world.say(Word.GRADE_A)
    started, *_, graded = chain(world)
    assert started[:2] == ("session.started", "ben")
    assert graded[:3] == ("return.dispositioned", "ben", started[2])


def test_a_pin_is_asked_of_who_has_one_counted_when_wrong_and_kept_nowhere(
    world: SignInWorld, tmp_path: Path
) -> None:
    world.badge(DANA)
    assert world.headline() == "Dana R.: type your PIN"
    world.scan(PIN)
    assert world.headline() == "A scan never fills the PIN"
    world.pin("")
    world.pin("918273")
    assert world.headline() == "Wrong PIN, 7 tries left"
    world.restart()
    world.badge(DANA)
    world.pin("827364")
    assert world.headline() == "Wrong PIN, 6 tries left", "a restart forgets no wrong PIN"
    world.pin(PIN)
    assert world.bench.screen().status.person == "Dana R., Supervisor"
    assert [kind for kind, *_ in chain(world)] == ["approval.pin_failed"] * 2 + ["session.started"]
    said = json.dumps([[trace.raw, trace.route] for trace in world.traces])
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (PIN, "918273", badges.payload(DANA)[2:-1]):
        assert secret not in said
        assert secret.encode() not in kept
    assert DANA not in kept


def test_the_eighth_wrong_pin_locks_that_person_and_nobody_else(world: SignInWorld) -> None:
    world.badge(ANA)
    world.badge(DANA)
    for _ in range(8):
        world.clock.wait_ms(700_000)
        world.pin("918273")
    assert world.headline() == "Dana R. is locked here"
    assert not world.closed, "Ana works on"
    world.badge(DANA)
    assert world.headline() == "Dana R. is locked here"
    world.badge(BEN)
    assert world.bench.screen().status.person == "Ben T., Inspector"


def test_a_lock_is_opened_by_the_badge_of_whoever_locked(world: SignInWorld) -> None:
    world.badge(ANA)
    before = world.scan(RMA.code, GOOD_KETTLE)
    world.say(Word.LOCK)
    assert world.headline() == "Locked. Scan your badge"
    world.say(Word.OK)
    world.scan(GOOD_KETTLE)
    assert world.headline() == "Scan your badge first"
    assert world.badge(ANA).bench == before.bench
    assert [kind for kind, *_ in chain(world)][-2:] == ["session.locked", "session.unlocked"]


def test_a_job_of_somebody_else_is_parked_or_taken_over_by_one_choice(world: SignInWorld) -> None:
    world.badge(ANA)
    world.scan(RMA.code)
    world.badge(BEN)
    assert world.headline() == f"Park {RMA.code}, or take it over?"
    world.say(Word.UNDO)
    assert world.bench.screen().status.person == "Ana K., Inspector", "nothing changed hands"
    world.badge(BEN)
    screen = world.say(Word.HOLD)
    assert screen.status.person == "Ben T., Inspector"
    assert screen.bench.job is None
    assert [job.code for job in screen.bench.work.held] == [RMA.code]  # type: ignore[union-attr]  # idle
    world.scan(RMA.code, GOOD_KETTLE)
    world.badge(ANA)
    screen = world.say(Word.HANDOVER)
    assert screen.bench.job is not None
    world.say(Word.GRADE_A)
    assert chain(world)[-1][:2] == ("return.dispositioned", "ana"), "who takes over answers for the rest"
    assert [(kind, who) for kind, who, *_ in chain(world) if kind.startswith("session")] == [
        ("session.started", "ana"),
        ("session.ended", "ana"),
        ("session.started", "ben"),
        ("session.ended", "ben"),
        ("session.started", "ana"),
    ]


def test_a_job_that_outlived_the_program_is_asked_about_unless_it_is_their_own(world: SignInWorld) -> None:
    world.badge(ANA)
    before = world.scan(RMA.code, GOOD_KETTLE)
    world.restart()
    assert world.closed
    assert world.badge(ANA).bench.work == before.bench.work
    world.restart()
    world.badge(BEN)
    assert world.headline() == f"Park {RMA.code}, or take it over?"
    world.restart()
    assert world.headline() == "Scan your badge", "a question that was cut off changed nothing"


def test_who_was_not_here_for_thirty_days_does_not_sign_in(world: SignInWorld) -> None:
    world.clock.pass_minutes(20 * 24 * 60)
    world.badge(ANA)
    world.say(Word.SIGN_OUT)
    world.clock.pass_minutes(20 * 24 * 60)
    world.badge(BEN)
    assert world.headline() == "Ben T. was not here for 30 days"
    world.badge(ANA)
    assert world.bench.screen().status.person == "Ana K., Inspector", "signing in is being seen"
