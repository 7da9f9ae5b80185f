"""What a code is while a serial, a lot or a part is asked for: what answers, what does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.feed import Change, Page
from app.domain.item import Item, Tracking
from app.domain.returns import Rma, RmaLine
from app.ledger import mirror
from app.ledger.audit import audit
from app.queries import history
from app.queries.history import SavedUnit
from app.workflows.view import BandState
from tests.app.station.bench_world import MUG_CODE, BenchWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BenchWorld]:
    made = BenchWorld(tmp_path)
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def brings(world: BenchWorld, change: Change) -> None:
    """The feed brings one record."""
    world.thread.ask(lambda: mirror.apply_page(world.ledger, Page(1, change.pos, (change,))))


def newest(world: BenchWorld) -> SavedUnit:
    """The unit saved last."""
    return world.thread.ask(lambda: history.recent(world.ledger.connection, 1))[0]


def test_a_missing_part_of_a_kit_is_scanned_and_named(world: BenchWorld) -> None:
    world.say("BLIND")
    world.scan("KIT-1")
    world.say("NOPRT")
    screen = world.scan(MUG_CODE)
    assert screen.bench.band.headline == "Mug set of 4 missing. More?"
    world.say("OK", "GRIII")
    assert world.printed[0][0]["remark"] == "Missing: Mug set of 4"


@pytest.mark.parametrize(("lot", "source"), [("B7", "typed"), ("(10)B7", "typed"), ("]C110B7", "scanner")])
def test_an_item_told_apart_by_lot_asks_for_it(world: BenchWorld, lot: str, source: str) -> None:
    world.say("BLIND")
    screen = world.scan("]E496385074")
    assert screen.bench.band.headline == "Scan the lot of Spot remover"
    for other in ("SOL-1", "X" * 21):
        assert world.scan(other).bench.band.headline == "Scan the lot, not the item"
    world.bench.submit(lot, source)
    screen = world.say("GRI")
    assert screen.bench.band.state is BandState.OK
    unit = newest(world)
    assert (unit.sku, unit.lot) == ("SOL-1", "B7")


@pytest.mark.parametrize("other", ["MUG-4", MUG_CODE, "]E04006381333931"])
def test_another_items_code_is_no_lot(world: BenchWorld, other: str) -> None:
    world.say("BLIND")
    world.scan("]E496385074")
    assert world.scan(other).bench.band.headline == "Grade Spot remover first"
    assert world.scan("B7").bench.band.headline == "Grade Spot remover"
    world.say("GRI")
    assert newest(world).lot == "B7"


def test_an_items_code_typed_in_small_letters_is_no_lot_either(world: BenchWorld) -> None:
    world.say("BLIND")
    world.scan("]E496385074")
    assert world.type("mug-4").bench.band.headline == "Grade Spot remover first"
    assert world.type("sol-1").bench.band.headline == "Scan the lot, not the item"


def test_an_items_code_is_no_serial(world: BenchWorld) -> None:
    world.say("BLIND")
    assert world.scan("K-17-ST").bench.band.headline.startswith("Scan the serial of")
    assert world.scan("K-17-ST").bench.band.headline == "Scan the serial, not the item"
    for other in ("MUG-4", MUG_CODE):
        assert world.scan(other).bench.band.headline == "Grade Kettle 1.7 L steel first"
    world.scan("SN-1")
    world.say("GRI")
    assert newest(world).serial == "SN-1"


def test_a_lot_that_is_spelt_as_an_items_code_is_taken_where_it_was_sold(world: BenchWorld) -> None:
    rma = Rma("R-9-9", "acme", "1", (RmaLine(1, "SOL-1", 1, "late", lot="MUG-4"),))
    brings(world, Change(10, "rma", rma.code, {**rma.to_json(), "done": [], "state": "open"}))
    world.scan(rma.code, "]E496385074", "MUG-4")
    world.say("GRI")
    assert newest(world).lot == "MUG-4"


def test_a_serial_scanned_again_is_not_its_lot(world: BenchWorld) -> None:
    bank = Item("PB-1", "Power bank", tracking=Tracking.LOT_AND_SERIAL)
    brings(world, Change(10, "item", bank.sku, bank.to_json()))
    world.say("BLIND")
    world.scan("PB-1", "S1")
    assert world.scan("S1").bench.band.headline == "Scan the lot, not the item"


def test_a_unit_without_a_printed_lot_is_done_on_its_line_and_not_missing(world: BenchWorld) -> None:
    rma = Rma("R-9-9", "acme", "1", (RmaLine(1, "SOL-1", 1, "late"),))
    brings(world, Change(10, "rma", rma.code, {**rma.to_json(), "done": [], "state": "open"}))
    world.scan(rma.code, "]E496385074")
    world.say("OTHER", "GRI")
    assert world.say("DONE").bench.band.headline == "R-9-9 is closed"
    events = world.thread.ask(lambda: history.timeline(world.ledger.connection, f"rma:{rma.code}"))
    assert [entry.event.kind for entry in events] == ["return.arrived", "return.dispositioned"]
    assert events[1].event.body["line"] == 1
