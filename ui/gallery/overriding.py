"""Examples of a supervisor at the operator's own screen, drawn by the workflow itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

from app.domain.item import Item, Tracking
from app.domain.policy import Policy, read_policy
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.override import Holder, Override
from app.workflows.bench.screen import draw
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Job, Phase, Pick
from app.workflows.notice import Notice
from app.workflows.view import Screen
from ui.gallery.content import OFFLINE, ONLINE
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


def _drawn(state: BenchState, *, offline: bool = False) -> Screen:
    shown = Shown(texts(), policy(), online=not offline)
    return Screen(draw(state, shown), OFFLINE if offline else ONLINE)


def stopped() -> Screen:
    """The stop that a supervisor may end."""
    return _drawn(_STOP)


def own_work() -> Screen:
    """The badge of whoever works here."""
    return _drawn(replace(_STOP, notice=Notice("override.own_work", {"name": "Ana K."})))


def why() -> Screen:
    """The badge was read: the reason is asked for."""
    return _drawn(replace(_STOP, phase=Phase.WHY, override=Override(_DANA)))


def pin() -> Screen:
    """The reason is given: the PIN is asked for."""
    return _drawn(replace(_STOP, phase=Phase.PIN, override=Override(_DANA, "misrecorded")))


def wrong_pin() -> Screen:
    """A wrong one, with the centre away."""
    parts = {"name": "Dana R.", "left": 7, "seconds": 0, "detail": ""}
    asked = replace(_STOP, phase=Phase.PIN, override=Override(_DANA, "misrecorded"))
    return _drawn(replace(asked, notice=Notice("override.pin", parts)), offline=True)


def examples() -> Mapping[str, Screen]:
    """Every one by its name."""
    return {
        "override-stop": stopped(),
        "override-own": own_work(),
        "override-why": why(),
        "override-pin": pin(),
        "override-pin-wrong": wrong_pin(),
    }
