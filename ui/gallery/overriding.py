"""Examples of a supervisor at the operator's own screen, drawn by the workflow itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

from app.documents.bars import module_widths
from app.domain.account import Account, Status
from app.domain.item import Item, Tracking
from app.domain.policy import Policy, read_policy
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.known_unit import Decided, GivenGrade, KnownUnit
from app.workflows.bench.override import Holder, Override
from app.workflows.bench.screen import draw
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Job, Phase, Pick, Saved
from app.workflows.notice import Notice
from app.workflows.view import Screen
from ui.gallery.content import ONLINE
from ui.gallery.counting import texts

_DANA = Holder("DANA", "Dana R.")
_FAN = Item("DF-30-WH", "Desk fan 30 cm", tracking=Tracking.SERIAL, category="electronics")
_RMA = Rma("R-20871", "acme", "54988", (RmaLine(1, "DF-30-WH", 1, "changed_mind", serials=("FN-7730512",)),))
_STOP = BenchState(
    Phase.STOP,
    Job("R-20871", _RMA, {_FAN.sku: _FAN}, "R-20871"),
    Pick(_FAN, 1, serial="FN-7703512"),
    expected_serial="FN-7730512",
)


def policy() -> Policy:
    """The one that ships."""
    text = files("resources.policies").joinpath("returns.toml").read_text(encoding="utf-8")
    return read_policy(text, "returns")


def _drawn(state: BenchState, bars: tuple[int, ...] = ()) -> Screen:
    return Screen(draw(state, Shown(texts(), policy(), bars=bars)), ONLINE)


def own_work() -> Screen:
    """The badge of whoever works here."""
    return _drawn(replace(_STOP, notice=Notice("override.own_work", {"name": "Noor H."})))


def why() -> Screen:
    """The badge was read: the reason is asked for."""
    return _drawn(replace(_STOP, phase=Phase.WHY, override=Override("stop", _DANA)))


def pin() -> Screen:
    """The reason is given: the PIN is asked for."""
    return _drawn(replace(_STOP, phase=Phase.PIN, override=Override("stop", _DANA, why="misrecorded")))


_UNIT = KnownUnit(
    "e-1",
    "L03-311-K",
    replace(_FAN, hazardous=True),
    1,
    Account("acme", _FAN.sku, "R-03", Status.SELLABLE, label="L03-311-K", grade="A"),
    "R-20871",
    blind=False,
    wrong_item=False,
    grades=(GivenGrade("A", "Noor H.", "14 Oct 14:09"),),
    decided=Decided("restock", "1", "", "noor"),
)
_REJECTED = BenchState(Phase.BADGE, override=Override("saved", unit=_UNIT))


def badge() -> Screen:
    """REJECT at a unit that was saved: a badge is waited for."""
    return _drawn(_REJECTED)


def choice() -> Screen:
    """Where it may go, and what a limit forbids."""
    return _drawn(replace(_REJECTED, phase=Phase.CHOICE, override=Override("saved", _DANA, _UNIT)))


def unit_why() -> Screen:
    """Why it is decided otherwise."""
    over = Override("saved", _DANA, _UNIT, "quarantine")
    return _drawn(replace(_REJECTED, phase=Phase.WHY, override=over))


def unit_saved() -> Screen:
    """What was decided, and where the unit goes now."""
    saved = Saved(
        event_id="e-2",
        item=_FAN,
        rma=None,
        line=None,
        pick_qty=1,
        serial="FN-7730512",
        lot=None,
        grade="A",
        grade_caption="Like new",
        outcome="QUARANTINE",
        place="HOLD-2",
        rule="",
        label="L03-312-B",
        time="14:11:02",
        date="14 Oct 2026",
        decided_by="Dana R.",
        decided_why="Unsafe or not allowed",
    )
    return _drawn(BenchState(Phase.SAVED, saved=saved), module_widths("L03-312-B"))


def examples() -> Mapping[str, Screen]:
    """Every one by its name."""
    return {
        "override-own": own_work(),
        "override-why": why(),
        "override-pin": pin(),
        "override-badge": badge(),
        "override-choice": choice(),
        "override-unit-why": unit_why(),
        "override-unit-saved": unit_saved(),
    }
