"""Examples of counts, drawn by the workflow itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files

from app.domain.item import Item, Tracking
from app.workflows.counting.screen import Shown, draw
from app.workflows.counting.state import Bin, Counted, CountState, Difference, Line, Phase, Taken, Visit
from app.workflows.notice import Notice
from app.workflows.texts import Texts, read_texts
from app.workflows.view import (
    BenchView,
    Figure,
    HeldJob,
    ItemCard,
    LastAction,
    Marker,
    RecentJob,
    Screen,
    TallyWork,
)
from ui.gallery.content import OFFLINE, ONLINE

FLOOR = replace(ONLINE, station="CART 05", person="Mia L., Counter")
_OFFLINE = replace(OFFLINE, station="CART 05", person="Mia L., Counter")

BOTTLE = Item("TB-75-TL", "Thermo bottle 0.75 L")
FAN = Item("DF-30-WH", "Desk fan 30 cm")
GRINDER = Item("CG-80-BK", "Coffee grinder CG-80", tracking=Tracking.SERIAL)
SPREAD = Item("HS-25-AC", "Hazelnut spread 250 g", tracking=Tracking.LOT)

PICTURES = {"TB-75-TL": "items/bottle", "DF-30-WH": "items/fan", "CG-80-BK": "items/grinder"}

_TWO = (Line(BOTTLE, qty=6), Line(FAN, qty=3))
_BIN = Bin(
    "C-11-4",
    "Aisle C, bay 11, level 4",
    "2026-10-05T13:40:00Z",
    _TWO,
    {("TB-75-TL", ""): 6},
    scans=4,
    taken=(Taken(("DF-30-WH", ""), None, None, Phase.COUNT),),
    touched="14:06:12",
)
_FAN = Visit(("DF-30-WH", ""), 0, 3)
_COUNT = CountState(Phase.COUNT, _BIN, _FAN)


@cache
def texts() -> Texts:
    """The English catalogue."""
    return read_texts(files("resources.texts").joinpath("en.toml").read_text(encoding="utf-8"), "en.toml")


def _shown() -> Shown:
    recent = (
        RecentJob(Marker.OK, "13:58", "C-11-3", "4 items, 31 units", "", "as expected"),
        RecentJob(Marker.ATTENTION, "13:51", "C-11-2", "2 items, 9 units", "", "1 differs"),
        RecentJob(Marker.OK, "13:47", "C-11-1", "empty", "", "as expected"),
    )
    said = texts().say
    figures = (
        Figure("9", said("bin.figure.bins_today")),
        Figure("164", said("bin.figure.units_today")),
        Figure("2", said("bin.figure.differing")),
    )
    last = LastAction(Marker.OK, "13:58:40", "C-11-3, 31 units counted", undo=True)
    held = (HeldJob("C-12-1", "13:20, 2 items, 8 units", "C-12-1"),)
    return Shown(texts(), recent=recent, figures=figures, held=held, last=last)


def _open(state: CountState, moved: int = 0) -> Screen:
    return Screen(pictured(draw(state, Shown(texts(), moved))), FLOOR, "counting")


def pictured(view: BenchView) -> BenchView:
    """The same with the drawn picture of the item in the hand."""
    work = view.work
    if not isinstance(work, TallyWork) or work.item is None:
        return view
    card = ItemCard(work.item.name, work.item.sku, work.item.facts, PICTURES.get(work.item.sku, ""))
    return replace(view, work=replace(work, item=card))


def idle() -> Screen:
    """Waiting for a bin, three counts behind, one begun."""
    return Screen(draw(CountState(), _shown()), FLOOR, "counting")


def idle_empty() -> Screen:
    """The first minute of a count."""
    figures = tuple(replace(figure, value="0") for figure in _shown().figures)
    return Screen(draw(CountState(), Shown(texts(), figures=figures)), FLOOR, "counting")


def opened() -> Screen:
    """A bin is open, nothing is counted yet."""
    return _open(CountState(Phase.COUNT, replace(_BIN, lines=(), scans=0, taken=(), touched="")))


def counting() -> Screen:
    """Two items counted, the second in the hand."""
    return _open(_COUNT)


def moved() -> Screen:
    """Somebody took a unit out of the bin meanwhile."""
    return _open(_COUNT, moved=1)


def offline() -> Screen:
    """The same without the centre: only the pills differ."""
    return replace(_open(_COUNT), status=_OFFLINE)


def wrong_bin() -> Screen:
    """Another bin scanned while one is open."""
    notice = Notice("count.wrong_bin", {"bin": "C-11-4", "other": "C-11-5"})
    return _open(replace(_COUNT, notice=notice))


def longer_number() -> Screen:
    """QUANTITY: several digits make one number."""
    return _open(replace(_COUNT, visit=replace(_FAN, entering=True, digits="12")))


def serials() -> Screen:
    """An item that is counted by its serials."""
    line = Line(GRINDER, qty=2, serials=("CG80-204417", "CG80-204402"))
    return _open(CountState(Phase.SERIAL, replace(_BIN, lines=(*_TWO, line)), Visit(line.key, 1, 1)))


def lot() -> Screen:
    """An item whose lot is asked for."""
    bin_ = replace(_BIN, lines=(*_TWO, Line(SPREAD)))
    return _open(CountState(Phase.LOT, bin_, Visit(("HS-25-AC", ""), 0, 0)))


def recount() -> Screen:
    """After DONE: one item differs, and only that is counted again."""
    return _open(CountState(Phase.RECOUNT, replace(_BIN, asked=(("DF-30-WH", ""),))))


def saved() -> Screen:
    """A count was recorded; now the expected number is told."""
    done = Counted("e", "C-11-4", 2, 9, (Difference("Desk fan 30 cm", 3, 4),))
    return Screen(draw(CountState(saved=done), _shown()), FLOOR, "counting")
