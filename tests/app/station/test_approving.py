"""Approving at a station: one PIN, one list; each wrong one is on the chain; nothing is had for free."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.approvals import Known, Presented, Proof, Statement, Verdict, judge
from app.domain.approvals.unlock import Unlock
from app.domain.approvals.wrapping import unwrap
from app.domain.clock import to_ms
from app.domain.envelope import event_of
from app.domain.refusal import Refused, Unavailable
from app.ledger import approvers
from app.ledger.approvers import Attempts
from app.ledger.audit import audit
from app.station import approving
from app.station.approving import MOST_REQUESTS, Approver
from tests.app.ledger.fixtures import founded, station
from tests.app.ledger.station import Station
from tests.app.station.approver_desk import BADGE, OMAR, PEPPER, RUTH, ApproverDesk
from tests.approvals.world import POLICY, ROOT

__all__ = ["founded", "station"]
WRONG = replace(RUTH, pin="000001")


@pytest.fixture
def desk(station: Station) -> Iterator[ApproverDesk]:
    with station.open() as ledger:
        found = ApproverDesk(station, ledger)
        found.join()
        found.enrol(RUTH)
        found.enrol(OMAR)
        yield found
        assert audit(ledger).clean


def fail(desk: ApproverDesk, times: int, who: Approver = WRONG) -> None:
    for _ in range(times):
        desk.station.clock.forward(600)
        with pytest.raises(Refused) as no:
            desk.approving.approve(who, [desk.request()])
        assert no.value.code == "approval.pin"


def test_one_pin_signs_one_list_with_a_statement_each(desk: ApproverDesk) -> None:
    requests = [desk.request() for _ in range(MOST_REQUESTS)]
    given = desk.approving.approve(RUTH, requests)
    said = [Statement.read(approval.statement) for approval in given]
    assert [one.event_id for one in said] == [request.event.event_id for request in requests]
    assert [one.counter for one in said] == list(range(1, 21))
    assert len({one.nonce for one in said}) == 20
    assert desk.kinds() == ["approval.given"]
    again = Statement.read(desk.approving.approve(RUTH, [desk.request()])[0].statement)
    assert again.counter == 21


def test_the_centre_finds_them_valid(desk: ApproverDesk) -> None:
    request = desk.request()
    (approval,) = desk.approving.approve(RUTH, [request])
    envelope = desk.record(request.event, approval)
    head = desk.ledger.head
    known = Known(ROOT.public_key, Proof(1, desk.station.clock.now()), {head.station_id: "WH1"})
    judgement = judge(Presented.of(envelope, "WH1"), event_of(envelope).approvals, known)
    assert judgement.verdict is Verdict.VALID, judgement.reasons


@pytest.mark.parametrize("number", [0, MOST_REQUESTS + 1])
def test_a_list_is_one_to_twenty(desk: ApproverDesk, number: int) -> None:
    with pytest.raises(Refused) as no:
        desk.approving.approve(RUTH, [desk.request() for _ in range(number)])
    assert no.value.code == "approval.list"


def test_the_key_is_wiped_after_the_list(desk: ApproverDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = list[bytearray]()

    def seen(*parts: object) -> bytearray | None:
        found = unwrap(*parts)  # type: ignore[arg-type]  # handed on as they came
        if found is not None:
            seeds.append(found)
        return found

    monkeypatch.setattr(approving, "unwrap", seen)
    desk.approving.approve(RUTH, [desk.request()])
    assert seeds == [bytearray(32)]


def test_the_key_is_open_for_half_a_minute_at_most(
    desk: ApproverDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approving, "OPEN_MS", 0)
    with pytest.raises(Refused) as no:
        desk.approving.approve(RUTH, [desk.request()])
    assert no.value.code == "approval.closed"
    # The try was on disk and came to nothing.
    assert desk.approving.attempts("RUTH").failed == 1


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (replace(RUTH, pin="271820"), "another PIN"),
        (replace(RUTH, badge=bytes(16)), "PIN only"),
        (replace(RUTH, pin="000000"), "badge only"),
    ],
)
def test_less_than_all_opens_nothing_and_is_an_event(desk: ApproverDesk, who: Approver, why: str) -> None:
    with pytest.raises(Refused) as no:
        desk.approving.approve(who, [desk.request()])
    assert no.value.code == "approval.pin", why
    assert desk.kinds() == ["approval.pin_failed"]
    assert desk.approving.attempts("RUTH") == Attempts(1, False, 0)


def test_another_stations_pepper_opens_nothing(desk: ApproverDesk) -> None:
    desk.pepper = bytes(32)
    desk.again()
    with pytest.raises(Refused) as no:
        desk.approving.approve(RUTH, [desk.request()])
    assert no.value.code == "approval.pin"
    assert desk.pepper != PEPPER


def test_waits_begin_with_the_third_and_a_restart_saves_none(desk: ApproverDesk) -> None:
    fail(desk, 3)
    assert desk.approving.wait_ms("RUTH") == 5_000
    with pytest.raises(Refused) as no:
        desk.approving.approve(RUTH, [desk.request()])
    assert no.value.code == "approval.wait"
    desk.station.clock.forward(4)
    desk.again()
    assert desk.approving.wait_ms("RUTH") == 5_000
    desk.station.clock.forward(5)
    desk.approving.approve(RUTH, [desk.request()])
    assert desk.approving.attempts("RUTH").failed == 0


def test_the_eighth_locks_whatever_is_tried_afterwards(desk: ApproverDesk) -> None:
    fail(desk, 8)
    assert desk.kinds() == ["approval.pin_failed"] * 7 + ["approval.locked"]
    desk.station.clock.forward(100_000)
    desk.again()
    with pytest.raises(Refused) as no:
        desk.approving.approve(RUTH, [desk.request()])
    assert no.value.code == "approval.locked"
    assert len(desk.kinds()) == 8


def test_a_right_pin_before_the_eighth_begins_anew(desk: ApproverDesk) -> None:
    fail(desk, 7)
    desk.station.clock.forward(600)
    desk.approving.approve(RUTH, [desk.request()])
    fail(desk, 2)
    assert desk.approving.attempts("RUTH").failed == 2


def test_the_centre_unlocks_once(desk: ApproverDesk) -> None:
    fail(desk, 8)
    assert not desk.approving.unlock_by_centre("RUTH")
    word = Unlock("RUTH", desk.ledger.head.station_id, 1)

    def token(said: Unlock) -> dict[str, object]:
        return {"unlock": said.signed(POLICY).to_json(), "policy_key": desk.grant().to_json()}

    assert not desk.approving.unlock_by_centre("RUTH", token(replace(word, station="bench-2")))
    assert not desk.approving.unlock_by_centre("RUTH", token(replace(word, approver="OMAR")))
    assert desk.approving.unlock_by_centre("RUTH", token(word))
    assert desk.kinds()[-1] == "approval.unlocked"
    fail(desk, 8)
    assert not desk.approving.unlock_by_centre("RUTH", token(word))
    desk.tell("approval_unlock", f"RUTH|{word.station}", token(replace(word, number=2)))
    assert desk.approving.unlock_by_centre("RUTH")
    desk.station.clock.forward(600)
    desk.approving.approve(RUTH, [desk.request()])


def test_another_approver_unlocks_and_signs_for_it(desk: ApproverDesk) -> None:
    fail(desk, 8)
    with pytest.raises(Refused) as no:
        desk.approving.unlock_by_approver("RUTH", RUTH, "GBP")
    assert no.value.code == "approval.own_work"
    desk.approving.unlock_by_approver("RUTH", OMAR, "GBP")
    assert desk.kinds()[-2:] == ["approval.given", "approval.unlocked"]
    desk.approving.approve(RUTH, [desk.request()])


def test_a_good_pin_is_asked_for_at_enrolment(desk: ApproverDesk) -> None:
    for pin, code in (("123456", "pin.banned"), ("12", "pin.form")):
        with pytest.raises(Refused) as no:
            desk.approving.enrol(Approver("MAYA", pin, BADGE))
        assert no.value.code == code
    assert approvers.sealed_key(desk.ledger.connection, "MAYA") is None


def test_a_key_that_nobody_certified_signs_nothing(desk: ApproverDesk) -> None:
    desk.approving.enrol(RUTH)
    with pytest.raises(Refused) as no:
        desk.approving.approve(RUTH, [desk.request()])
    assert no.value.code == "approval.no_key"


def test_a_disk_that_fails_takes_no_try_and_gives_no_statement(
    desk: ApproverDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("Not recorded: the disk is full.")

    with monkeypatch.context() as full:
        full.setattr(desk.ledger, "save", away)
        full.setattr(approving, "unwrap", lambda *_: pytest.fail("the PIN was tried"))
        with pytest.raises(Unavailable):
            desk.approving.approve(RUTH, [desk.request()])
    with monkeypatch.context() as full:
        full.setattr(desk.ledger, "record", away)
        with pytest.raises(Unavailable):
            desk.approving.approve(RUTH, [desk.request()])
    # No statement left; the try that was cut short is a wrong one, on record before the next.
    given = desk.approving.approve(RUTH, [desk.request()])
    assert Statement.read(given[0].statement).counter == 1
    assert desk.kinds() == ["approval.pin_failed", "approval.given"]


PROGRAM = """
import sys
from pathlib import Path
from tests.app.ledger.station import HandClock, SeededIds, Station
from tests.app.station import approver_desk
from tests.app.station.approver_desk import RUTH, ApproverDesk
from app.domain.approvals import Statement

class Slow:
    def stretch(self, pin, salt):
        print("trying", flush=True)
        sys.stdin.readline()
        return approver_desk.CHEAP.stretch(pin, salt)

station = Station(Path(sys.argv[1]), clock=HandClock(), ids=SeededIds(int(sys.argv[2])))
station.clock.forward(10_000)
with station.open() as ledger:
    desk = ApproverDesk(station, ledger)
    desk.made = int(sys.argv[2]) * 100
    if sys.argv[3] == "slow":
        desk.approving._means = desk.approving._means.__class__(
            Slow(), desk.pepper, frozenset(), station.clock, station.ids
        )
    while True:
        for approval in desk.approving.approve(RUTH, [desk.request(value=1) for _ in range(3)]):
            print("given", Statement.read(approval.statement).counter, flush=True)
"""


def started(path: Path, run: int, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), str(run), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(process: subprocess.Popen[str]) -> list[str]:
    """Kills it as kill -9 does; what else it said before."""
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate()
    return rest.split("\n")


def test_a_kill_while_the_pin_is_tried_is_a_wrong_pin(station: Station) -> None:
    with station.open() as ledger:
        desk = ApproverDesk(station, ledger)
        desk.join()
        desk.enrol(RUTH)
    for expected in (1, 2, 3):
        process = started(station.path, expected, "slow")
        assert process.stdout is not None
        line = process.stdout.readline()
        if expected == 3:
            # The two that were cut short count; the third runs into no wait yet.
            assert line == "trying\n"
        killed(process)
        with station.open() as ledger:
            kept = approvers.attempts(ledger.connection, "RUTH")
            assert (kept.failed, kept.pending) == (expected, True)
    with station.open() as ledger:
        desk = ApproverDesk(station, ledger)
        assert desk.approving.attempts("RUTH") == Attempts(3, False, 0)
        # Each but the last was put on record by the program that came after it.
        assert desk.kinds() == ["approval.pin_failed"] * 3
        assert audit(ledger).clean


def test_a_kill_at_any_moment_gives_no_number_twice(station: Station) -> None:
    with station.open() as ledger:
        desk = ApproverDesk(station, ledger)
        desk.join()
        desk.enrol(RUTH)
        desk.certify("RUTH", limits=replace(desk.certify("RUTH").limits, count=100_000))
    given = list[int]()
    for run in range(1, 5):
        process = started(station.path, run, "fast")
        assert process.stdout is not None
        for _ in range(3 * run):
            line = process.stdout.readline()
            assert line.startswith("given"), line
            given.append(int(line.split()[1]))
        given += [int(line.split()[1]) for line in killed(process) if line.startswith("given ") and line[6:]]
        with station.open() as ledger:
            assert audit(ledger).clean
            # At most one try is open, and a right PIN follows it well before the eighth.
            desk = ApproverDesk(station, ledger)
            assert desk.approving.attempts("RUTH").failed <= 1
            station.clock.forward(10_000 + to_ms(station.clock.now()) % 7)
    assert len(set(given)) == len(given) > 0
    assert given == sorted(given)
