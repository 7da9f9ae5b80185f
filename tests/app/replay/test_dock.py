"""Boxes on a real record: what the bench writes for each, and power cuts at every scan."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.record import make_record
from app.domain.codes import CodeFamily, HumanCode
from app.domain.event import EventKind
from app.domain.feed import Change, Page
from app.domain.returns import Rma, RmaLine
from app.ledger import mirror
from app.ledger.audit import audit
from app.ledger.identity import StationIdentity
from app.ledger.writer import Ledger
from app.queries import desk, history
from app.replay.box import Box, Units
from app.replay.clock import RowClock
from app.replay.dock import Dock
from app.replay.goods import Goods, goods_of
from app.station.system import SystemIds
from app.workflows.bench.state import Phase
from tests.app.replay.lines import papers_of, row

AT = datetime(2010, 12, 1, 9, 41, tzinfo=UTC)
FIRST, SECOND = (str(HumanCode(CodeFamily.RMA, "", number)) for number in (10_001, 10_002))
GOODS = goods_of(papers_of([row(code="HEART"), row(code="LAMP"), row(code="MUG")]))
MIXED = Box(
    "C1",
    AT,
    FIRST,
    (Units("HEART", 1, "A"), Units("LAMP", 12, "B"), Units("HEART", 3, "D")),
    (Units("MUG", 7, "A"), Units("MUG", 250, "C")),
)
BLIND = Box("C2", AT.replace(hour=10), None, (), (Units("LAMP", 2, "A"),))
HUGE = Box("C3", AT.replace(hour=11), SECOND, (Units("LAMP", 80_995, "A"),), ())
BOXES = (MIXED, BLIND, HUGE)
TWO = Box("C1", AT, FIRST, MIXED.announced[:2], MIXED.blind[:1])

Saved = tuple[str, int, str | None, str | None, str]


class PowerCut(Exception):  # noqa: N818 - the world, not an error of ours
    """The machine went dark."""


class CutClock(RowClock):
    """Lets so many scans pass, then cuts the power."""

    def __init__(self, scans: int) -> None:
        super().__init__()
        self.left = scans

    def pass_scan(self) -> None:
        if self.left == 0:
            raise PowerCut
        self.left -= 1
        super().pass_scan()


def rma(box: Box) -> dict[str, object]:
    lines = tuple(RmaLine(n, u.sku, u.qty, "unknown") for n, u in enumerate(box.announced, 1))
    return {**Rma(box.rma or "", "acme", None, lines).to_json(), "done": [], "state": "open"}


@contextmanager
def record(
    folder: Path, clock: RowClock, goods: Goods = GOODS, returns: Sequence[Box] = BOXES
) -> Iterator[Ledger]:
    """The record of a bench that has joined and fetched items and RMAs."""
    with make_record(Folder(folder).make(), clock, SystemIds()) as ledger:
        if ledger.identity is None:
            head = ledger.head
            ledger.adopt(StationIdentity(head.station_id, head.epoch, "7", "WH1", "acme", "BENCH 07"))
            items = [Change(n, "item", sku, i.to_json()) for n, (sku, i) in enumerate(goods.items.items(), 1)]
            notes = [Change(90 + n, "rma", box.rma, rma(box)) for n, box in enumerate(returns) if box.rma]
            mirror.apply_page(ledger, Page(1, 99, (*items, *notes)))
        yield ledger


def written(ledger: Ledger) -> list[Saved]:
    found = history.recent(ledger.connection, 100)
    return [(unit.sku, unit.qty, unit.grade, unit.rma, unit.disposition) for unit in reversed(found)]


EXPECTED: list[Saved] = [
    ("HEART", 1, "A", FIRST, "restock"),
    ("LAMP", 12, "B", FIRST, "refurbish"),
    ("HEART", 3, "D", FIRST, "scrap"),
    ("MUG", 7, "A", None, "hold_blind"),
    ("MUG", 250, "C", None, "hold_blind"),
    ("LAMP", 2, "A", None, "hold_blind"),
    ("LAMP", 80_995, "A", SECOND, "restock"),
]


def test_a_box_is_written_line_by_line_at_its_own_time(tmp_path: Path) -> None:
    clock = RowClock()
    with record(tmp_path, clock) as ledger:
        Dock(ledger, clock, GOODS).open(BOXES, 0)
        assert written(ledger) == EXPECTED
        assert ledger.head.seq == sum(box.events for box in BOXES)
        walls = [unit.wall for unit in reversed(history.recent(ledger.connection, 100))]
        assert [wall[:13] for wall in walls] == [
            *["2010-12-01T09"] * 5,
            "2010-12-01T10",
            "2010-12-01T11",
        ]
        assert audit(ledger).violations == ()
        assert desk.drafts(ledger.connection) == ()


def test_boxes_that_are_on_record_are_not_opened_again(tmp_path: Path) -> None:
    clock = RowClock()
    with record(tmp_path, clock) as ledger:
        Dock(ledger, clock, GOODS).open([MIXED], 0)
        Dock(ledger, clock, GOODS).open(BOXES, ledger.head.seq)
        assert written(ledger) == EXPECTED


def test_a_power_cut_at_any_scan_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """After each scan in turn the program ends, and another goes on by what is on record."""
    boxes, expected = (TWO, BLIND, HUGE), [*EXPECTED[:2], EXPECTED[3], *EXPECTED[5:]]
    with record(tmp_path / "fresh", RowClock(), returns=boxes):
        pass
    cuts = 0
    while True:
        folder = tmp_path / str(cuts)
        shutil.copytree(tmp_path / "fresh", folder)
        try:
            with record(folder, clock := CutClock(cuts)) as ledger:
                Dock(ledger, clock, GOODS).open(boxes, 0)
            break
        except PowerCut:
            cuts += 1
        with record(folder, after := RowClock()) as ledger:
            Dock(ledger, after, GOODS).open(boxes, ledger.head.seq)
            assert written(ledger) == expected, f"cut after {cuts - 1} scans"
            arrivals = [history.timeline(ledger.connection, f"rma:{rma}")[0] for rma in (FIRST, SECOND)]
            assert {one.event.kind for one in arrivals} == {EventKind.RETURN_ARRIVED}
            assert ledger.head.seq == sum(box.events for box in boxes)
            assert audit(ledger).violations == ()
    assert cuts > 30


def test_the_power_may_be_cut_again_and_again(tmp_path: Path) -> None:
    opened = 0
    for scans in (3, 2, 5, 4, 7, 6, 9, 8, 11, 50):
        try:
            with record(tmp_path, clock := CutClock(scans)) as ledger:
                Dock(ledger, clock, GOODS).open(BOXES, ledger.head.seq)
            break
        except PowerCut:
            opened += 1
    assert opened > 2
    with record(tmp_path, RowClock()) as ledger:
        assert written(ledger) == EXPECTED


def test_goods_the_bench_does_not_know_are_our_defect_and_said(tmp_path: Path) -> None:
    other = goods_of(papers_of([row(code="OTHER")]))
    clock = RowClock()
    with record(tmp_path, clock, other) as ledger:
        dock = Dock(ledger, clock, GOODS)
        with pytest.raises(RuntimeError, match="was not saved"):
            dock.open([Box("C9", AT, None, (), (Units("MUG", 1, "A"),))], 0)
        assert dock._engine.bench.state.phase is Phase.ITEM
