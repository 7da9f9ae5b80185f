"""Every law of the soak with a planted fault: none of them is blind."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from app.demo.business import BoxToScan, UnitInBox
from tests.simulation import laws
from tests.simulation.__main__ import returns_for, table
from tests.simulation.laws import Findings
from tests.simulation.moments import Aim, Moments
from tests.simulation.rest import Rest, Unit
from tests.simulation.soak import Limits, Report
from tests.simulation.station_process import read_answers, said_saved

BOX = BoxToScan(
    "R-1", "PX1", (UnitInBox("K", "0", None, None, 2, "A"), UnitInBox("S", "0", "SN1", None, 1, "B"))
)
UNITS = laws.units_of(BOX)


def rest(*events: str, units: Counter[Unit] | None = None, **more: tuple[str, ...]) -> Rest:
    found = {"R-1": UNITS if units is None else units}
    return Rest(events, found, more.get("labels", ()), None, 0, more.get("differences", ()))


def test_a_saved_event_is_there_once() -> None:
    assert laws.record_keeps(["a"], rest("a", "b")).clean
    assert laws.record_keeps(["a", "c"], rest("a")).lost == ["event c was said to be saved"]
    assert laws.record_keeps(["a"], rest("a", "a")).doubled == ["event a is 2 times in the record"]
    assert laws.record_keeps([], rest(differences=("chain: broken",))).violations == ["chain: broken"]


def test_a_unit_is_saved_once() -> None:
    assert laws.boxes_are_saved([BOX], rest()).clean
    assert len(laws.boxes_are_saved([BOX], rest(units=UNITS - Counter([("S", "SN1", 1)]))).lost) == 1
    assert len(laws.boxes_are_saved([BOX], rest(units=UNITS + Counter([("K", None, 2)]))).doubled) == 1
    # A unit saved with another quantity is both: not what was in the box, and something that was not.
    other = laws.boxes_are_saved([BOX], rest(units=Counter([("K", None, 1), ("S", "SN1", 1)])))
    assert (len(other.lost), len(other.doubled)) == (1, 1)


def test_a_label_is_printed() -> None:
    assert laws.labels_are_printed(rest(labels=("L1",)), {"L1", "L2"}).clean
    assert laws.labels_are_printed(rest(labels=("L1", "L3")), {"L1"}).lost == ["label L3 was never printed"]


@pytest.mark.parametrize(
    ("received", "fault"),
    [
        ([("a", "posted"), ("b", "posted")], (0, 0, 0)),
        ([("a", "posted")], (1, 0, 0)),
        ([("a", "posted"), ("b", "posted"), ("b", "duplicate")], (0, 1, 1)),
        ([("a", "posted"), ("b", "parked")], (0, 0, 1)),
        ([("b", "posted"), ("a", "posted")], (0, 0, 1)),
        ([("a", "posted"), ("b", "posted"), ("x", "posted")], (0, 0, 1)),
    ],
)
def test_the_centre_holds_each_event_once(
    received: list[tuple[str, str]], fault: tuple[int, int, int]
) -> None:
    found = laws.centre_holds(rest("a", "b"), received)
    assert (len(found.lost), len(found.doubled), len(found.violations)) == fault


def test_half_a_line_of_a_trace_was_never_said(tmp_path: Path) -> None:
    line = {"raw": "]C0PX1", "route": "r", "event": "e1", "ms_saved": 1.5, "ms_painted": None}
    trace = tmp_path / "trace.jsonl"
    assert read_answers(trace) == []
    trace.write_text(f"{json.dumps(line)}\n{json.dumps(line | {'event': 'e2'})[:-9]}", encoding="utf-8")
    assert said_saved(read_answers(trace)) == {"e1"}


def test_findings_are_counted_once_however_often_they_are_found() -> None:
    found = Findings()
    found.add(Findings(lost=["a"], doubled=["b"], violations=["c"]))
    found.add(Findings(lost=["a", "d"]))
    assert (found.lost, found.doubled, found.violations) == (["a", "d"], ["b"], ["c"])
    assert not found.clean


def test_the_table_says_what_was_lost() -> None:
    report = Report(kills=Counter({Aim.COMMIT: 2}), findings=Findings(lost=["event e1 was said to be saved"]))
    said = table(report)
    assert "2 (2 at a commit)" in said
    assert "event e1 was said to be saved" in said
    assert said.endswith("RED: a law did not hold.\n")
    assert table(Report()).endswith("Every law held.\n")


def test_moments_repeat_with_their_seed_and_cover_every_aim() -> None:
    aims = [[Moments(seed).next_aim() for _ in range(1)] for seed in (1, 1)]
    assert aims[0] == aims[1]
    moments = Moments(5)
    assert {moments.next_aim() for _ in range(100)} == set(Aim)
    assert all(0 <= moments.within_commit() <= 0.015 + 1e-9 for _ in range(100))
    moments.save_took(0.5)
    moments.save_took(0.5)
    assert max(moments.within_commit() for _ in range(200)) > 0.5


@pytest.mark.parametrize(
    ("limits", "returns"),
    [(Limits(kills=3), 30), (Limits(kills=100), 400), (Limits(seconds=600), 900), (Limits(3600, 50), 200)],
)
def test_there_are_boxes_enough(limits: Limits, returns: int) -> None:
    assert returns_for(limits) == returns
