"""A serial that was not sold, accepted at the bench by a supervisor: badge, reason, PIN, with no centre."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.evidence import opened
from app.bootstrap.exporting import export_centre
from app.domain.event import Event, EventKind, undo
from app.domain.proof import Summary, verify
from app.domain.refusal import Unavailable
from app.domain.signing import Ed25519Signer
from tests.approvals.world import ROOT
from tests.centre import SEED
from tests.scenarios.floor import Floor
from tests.scenarios.station_bench import StationBench
from tests.scenarios.supervised import badge, supervised_bench, supervised_floor, types_pin

SOLD, CAME = "SN-994471", "SN-994417"
FORGED = "01a202b2-ffff-7742-8319-8f1cd9dcc2e1"
UNDONE = "01a202b2-ffff-7742-8319-8f1cd9dcc2e2"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with supervised_floor(tmp_path) as found:
        yield found


def stopped(floor: Floor, bench: StationBench) -> str:
    """A kettle comes back with another serial than the one sold; the return that it stops at."""
    floor.sells("o-1", {"K-17": 1}, serials=[SOLD])
    rma = floor.authorizes({"K-17": 1}, serials=[SOLD])
    bench.sync()
    bench.scans(rma, "K-17", CAME)
    assert phase(bench) == "stop"
    return rma


def phase(bench: StationBench) -> str:
    return bench.engine.bench.state.phase.value


def accepts(bench: StationBench) -> None:
    """Badge, reason, PIN: two scans and six keys."""
    assert badge(bench) == ""
    assert phase(bench) == "why"
    assert bench.scans("ANSWER_1") == ""
    assert types_pin(bench) == ""
    assert phase(bench) == "grade"


def forged(bench: StationBench, was: Event, **said: Any) -> None:
    """A program that is not ours records the same unit once more, with another label, and `said`."""
    body = {**was.body, "label": "L99-1", **said}
    named: dict[str, Any] = {"serial": body["serial"], "label": "L99-1"}
    moves = tuple(
        replace(
            move,
            source=replace(move.source, **(named if move.source.label else {"serial": body["serial"]})),
            target=replace(move.target, **named),
        )
        for move in was.moves
    )
    subject = (f"rma:{body['rma']}", "label:L99-1", f"sku:{body['sku']}", f"serial:{body['serial']}")
    bench.ledger.record(replace(was, event_id=FORGED, subject=subject, moves=moves, body=body))


def test_a_supervisor_accepts_it_offline_and_the_centre_agrees(floor: Floor, tmp_path: Path) -> None:
    bench = supervised_bench(floor)
    rma = stopped(floor, bench)
    accepts(bench)
    # The unit goes on as any other.
    bench.scans("GRADE_A")
    assert phase(bench) == "saved"
    bench.sync()
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("K-17") == {"R-03 sellable": 1}
    assert [refund["state"] for refund in floor.refunds()] == ["posted"]
    (verdict,) = floor.admin.get("/approvals")["approvals"]
    assert (verdict["verdict"], verdict["action"]) == ("valid", "override")
    told = [event["sentence"] for event in floor.admin.get("/timeline", rma=rma)["events"]]
    (word,) = [sentence for sentence in told if "had a serial accepted" in sentence]
    assert "Another serial was recorded when it was sent" in word
    (event,) = floor.bodies("return.dispositioned")
    assert (event["serial"], event["instead_of"], event["accepted_by"]) == (CAME, SOLD, "RUTH")
    # Whoever has the centre's evidence finds the same without it.
    target, now = tmp_path / "evidence", floor._centre.clock.now()
    export_centre(floor._centre.database, Ed25519Signer(SEED), "test", now, target)
    assert list(verify(opened(target), Summary(), ROOT.public_key)) == []


def test_what_is_accepted_stands_for_the_one_that_was_sold(floor: Floor) -> None:
    """Another return of the same order awaits only what is still out; taken back, it awaits both again."""
    bench = supervised_bench(floor)
    floor.sells("o-1", {"K-17": 2}, serials=["SN-1", "SN-2"])
    first, second = (floor.authorizes({"K-17": 1}, order="o-1") for _ in range(2))
    bench.sync()
    bench.scans(first, "K-17", "SN-3")
    accepts(bench)
    bench.scans("GRADE_A")
    bench.sync()
    assert floor.cases() == []
    assert floor.service.get(f"/returns/{second}")["lines"][0]["sold_serials"] == ["SN-2"]
    bench.scans("UNDO")
    bench.sync()
    assert floor.service.get(f"/returns/{second}")["lines"][0]["sold_serials"] == ["SN-1", "SN-2"]
    assert floor.stock("K-17") == {}
    assert [refund["state"] for refund in floor.refunds()] == ["reversed"]


def test_a_word_that_was_taken_back_accepts_nothing(floor: Floor) -> None:
    bench = supervised_bench(floor)
    stopped(floor, bench)
    accepts(bench)
    bench.scans("UNDO")
    assert phase(bench) == "stop"
    bench.scans("WRONG_ITEM", "GRADE_A")
    bench.sync()
    floor.one_case("return.other_serial")
    assert floor.refunds() == []


def test_a_word_that_does_not_hold_leaves_the_unit_counted_and_the_money_waiting(floor: Floor) -> None:
    bench = supervised_bench(floor)
    rma = stopped(floor, bench)
    floor.admin.post("/approvers/RUTH/revoke", {"reason": "badge lost"})
    accepts(bench)
    bench.scans("GRADE_A")
    bench.sync()
    assert floor.states(rma) == ["dispositioned"]
    # Whose word it was is one question, what becomes of the unit's money another.
    cases = {case["type"]: case for case in floor.cases()}
    assert sorted(cases) == ["approval.review", "return.other_serial"]
    assert "without the word of anybody" in cases["approval.review"]["fix"]
    assert floor.refunds() == []


@pytest.mark.parametrize("together", [True, False])
def test_one_word_opens_the_money_of_one_unit(floor: Floor, *, together: bool) -> None:
    bench = supervised_bench(floor)
    floor.sells("o-1", {"K-17": 2}, serials=["SN-1", "SN-2"])
    rma = floor.authorizes({"K-17": 2}, serials=["SN-1", "SN-2"])
    bench.sync()
    bench.scans(rma, "K-17", "SN-3")
    accepts(bench)
    bench.scans("GRADE_A")
    if not together:
        bench.sync()
    forged(bench, bench.newest(EventKind.RETURN_DISPOSITIONED), serial="SN-9")
    bench.sync()
    case = floor.one_case("return.other_serial")
    assert "SN-9" in case["fix"]
    assert case["money_minor"] > 0
    assert [refund["qty"] for refund in floor.refunds()] == [1]


@pytest.mark.parametrize("said", [[], {}, 7, True])
def test_a_word_that_nobody_can_read_keeps_no_return_from_being_authorized(
    floor: Floor, said: object
) -> None:
    bench = supervised_bench(floor)
    stopped(floor, bench)
    floor.sells("o-2", {"K-17": 1}, serials=["SN-77"], customer="c-2")
    bench.scans("WRONG_ITEM", "GRADE_A")
    was = bench.newest(EventKind.RETURN_DISPOSITIONED)
    bench.scans("UNDO")
    code = "R-2-0"
    forged(bench, was, rma=code, serial="SN-77", line=1, wrong_item=False, accepted=said)
    bench.sync()
    floor.one_case("return.unknown_rma")
    assert floor.authorizes({"K-17": 1}, order="o-2", customer="c-2") == code
    assert floor.cases() == []
    assert [(refund["rma"], refund["state"]) for refund in floor.refunds()] == [(code, "posted")]


def test_a_power_cut_between_the_word_and_its_record_makes_the_next_word_no_suspect(floor: Floor) -> None:
    bench = supervised_bench(floor)
    rma = stopped(floor, bench)
    badge(bench)
    bench.scans("ANSWER_1")
    written = bench.ledger.record

    def record(event: Event, *more: Any, **also: Any) -> Any:
        if event.kind == EventKind.RETURN_SERIAL_ACCEPTED:
            raise Unavailable("The power went.")
        return written(event, *more, **also)

    bench.ledger.record = record  # type: ignore[method-assign]
    types_pin(bench)
    bench.ledger.record = written  # type: ignore[method-assign]
    assert phase(bench) == "pin"
    assert types_pin(bench) == ""
    bench.scans("GRADE_A")
    bench.sync()
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert [refund["state"] for refund in floor.refunds()] == ["posted"]


@pytest.mark.parametrize("order", ["accepted first", "sold first", "at one bench"])
def test_an_accepted_serial_and_the_one_it_stands_for_are_one_case_in_either_order(
    floor: Floor, order: str
) -> None:
    """Two returns of one sale: in one box comes another unit, in the other the one that it stands for."""
    here = supervised_bench(floor)
    there = here if order == "at one bench" else floor.bench()
    floor.sells("o-1", {"K-17": 2}, serials=["SN-1", "SN-2"])
    first, second = (floor.authorizes({"K-17": 1}, order="o-1") for _ in range(2))
    here.sync()
    there.sync()
    here.scans(first, "K-17", "SN-3")
    accepts(here)
    here.scans("GRADE_A", "DONE")
    there.scans(second, "K-17", "SN-1", "GRADE_A")
    assert phase(there) == "saved"
    for bench in (there, here) if order == "sold first" else (here, there):
        bench.sync()
    case = floor.one_case("return.other_serial")
    assert case["subject"] == f"rma:{first if order == 'sold first' else second}"
    assert case["money_minor"] > 0
    assert [refund["rma"] for refund in floor.refunds()] == [second if order == "sold first" else first]
    assert floor.states(first) == floor.states(second) == ["dispositioned"]


@pytest.mark.parametrize("together", [True, False])
def test_a_word_taken_back_after_its_unit_takes_the_money_back_with_it(
    floor: Floor, *, together: bool
) -> None:
    bench = supervised_bench(floor)
    rma = stopped(floor, bench)
    accepts(bench)
    bench.scans("GRADE_A")
    word = bench.newest(EventKind.RETURN_SERIAL_ACCEPTED)
    if not together:
        bench.sync()
        assert [refund["state"] for refund in floor.refunds()] == ["posted"]
    bench.ledger.record(undo(FORGED, word, "ana-1", "s-1", "undo at the bench"))
    bench.sync()
    case = floor.one_case("return.other_serial")
    assert CAME in case["fix"]
    assert [refund["state"] for refund in floor.refunds()] == ([] if together else ["reversed"])
    assert floor.states(rma) == ["dispositioned"]
    # With the unit goes its case.
    bench.scans("UNDO")
    bench.sync()
    assert floor.cases() == []


def test_with_the_unit_that_used_a_word_up_it_is_free_for_the_next(floor: Floor) -> None:
    bench = supervised_bench(floor)
    stopped(floor, bench)
    accepts(bench)
    bench.scans("GRADE_A")
    was = bench.newest(EventKind.RETURN_DISPOSITIONED)
    forged(bench, was)
    bench.sync()
    found = [case["type"] for case in floor.cases()]
    assert sorted(found) == ["return.other_serial", "return.over_quantity", "serial.twice"]
    bench.ledger.record(undo(UNDONE, was, "ana-1", "s-1", "undo at the bench"))
    bench.sync()
    assert [case["type"] for case in floor.cases()] == ["serial.twice"]
    assert [refund["state"] for refund in floor.refunds()] == ["reversed", "posted"]


def test_a_serial_that_somebody_else_was_sold_is_accepted_by_nobody_in_silence(floor: Floor) -> None:
    bench = supervised_bench(floor)
    floor.sells("o-7", {"K-17": 1}, serials=[CAME], customer="c-7")
    rma = stopped(floor, bench)
    accepts(bench)
    bench.scans("GRADE_A")
    bench.sync()
    case = floor.one_case("return.other_serial")
    assert f"Serial {CAME} came back (it was sold on order o-7), {SOLD} was sold" in case["fix"]
    assert case["money_minor"] > 0
    assert floor.states(rma) == ["dispositioned"]
    assert floor.refunds() == []


def test_a_serial_that_came_back_from_somebody_else_is_out_with_nobody(floor: Floor) -> None:
    """It was restocked and left again, and only the other one's number was written down."""
    bench = supervised_bench(floor)
    floor.sells("o-7", {"K-17": 1}, serials=[CAME], customer="c-7")
    back = floor.authorizes({"K-17": 1}, order="o-7", customer="c-7")
    bench.sync()
    bench.scans(back, "K-17", CAME, "GRADE_A", "DONE")
    rma = stopped(floor, bench)
    accepts(bench)
    bench.scans("GRADE_A")
    bench.sync()
    assert "return.other_serial" not in {case["type"] for case in floor.cases()}
    assert sorted(refund["rma"] for refund in floor.refunds()) == sorted([back, rma])
