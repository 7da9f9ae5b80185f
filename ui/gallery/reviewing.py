"""Examples of reviews, drawn by the workflow itself."""

from __future__ import annotations

from dataclasses import replace

from app.domain.account import Account, Status
from app.domain.item import Item
from app.workflows.approvals.screen import Shown, draw
from app.workflows.approvals.state import (
    Decided,
    Half,
    Holder,
    Mark,
    Marked,
    Pending,
    Phase,
    ReviewState,
)
from app.workflows.notice import Notice
from app.workflows.view import LastAction, Marker, Screen
from ui.gallery.content import OFFLINE, ONLINE
from ui.gallery.counting import texts

STATUS = replace(ONLINE, person="Dana R., Supervisor")
_OFFLINE = replace(OFFLINE, person="Dana R., Supervisor")
_GOODS = (
    ("Coffee grinder CG-80", 4210, "glass broken", "items/grinder", "6 h", True),
    ("Desk fan 30 cm", 1700, "blade bent", "items/fan", "5 h", True),
    ("Thermo bottle 0.75 L", 2490, "leaks", "items/bottle", "2 h", False),
    ("Hazelnut spread 250 g, box of 12", 5900, "opened", "", "38 min", False),
    ("Desk lamp brass", 12900, "cord cut", "", "4 min", False),
)
_DANA = Holder("DANA", "Dana R.")


def _pending(n: int) -> Pending:
    name, value, why, photo, _, _ = _GOODS[n]
    label = f"L03-{311 - n}-K"
    held = Account(
        "acme", f"SKU-{n}", "HOLD-3", Status.QUARANTINED, "awaiting_write_off", label=label, grade="D"
    )
    return Pending(
        cause=f"e{n}",
        label=label,
        item=Item(f"SKU-{n}", name),
        qty=1,
        account=held,
        by="noor",
        by_name="Noor H.",
        session="s",
        since="",
        value=value,
        currency="EUR",
        grade="D",
        why=why,
        rule="discard: damaged goods are written off",
        rma="R-20871",
        photo=photo,
        story=(("10:38", "Graded D by Noor H."), ("10:37", "Received on R-20871")),
        at="10:38",
    )


_ALL = tuple(_pending(n) for n in range(len(_GOODS)))
_AGES = tuple((age, late) for *_, age, late in _GOODS)
_LAST = LastAction(Marker.WAITS_TO_SEND, "11:14:08", "Desk fan 30 cm written off, signed", undo=False)
_MARKS = (Marked("e0", Mark.APPROVE), Marked("e1", Mark.REJECT, "repair"), Marked("e2", Mark.ASK, "photo"))


def _screen(state: ReviewState, waiting: tuple[Pending, ...] = _ALL, *, offline: bool = False) -> Screen:
    ages = _AGES[: len(waiting)]
    shown = Shown(texts(), waiting, ages, offline=offline, two_above={"EUR": 10_000}, last=_LAST)
    return Screen(draw(state, shown), _OFFLINE if offline else STATUS, "approvals")


def listed() -> Screen:
    """Five wait, the oldest in the hand."""
    return _screen(ReviewState(at="e0"))


def marked() -> Screen:
    """Three are marked, the fourth in the hand."""
    return _screen(ReviewState(at="e3", marks=_MARKS))


def large() -> Screen:
    """One whose value needs a second approver, and who signed it first."""
    half = Half("e4", "OMAR", {}, {})
    signed = tuple(replace(p, signed_by="Omar B.") if p.cause == "e4" else p for p in _ALL)
    return _screen(ReviewState(at="e4", halves=(half,)), signed)


def rejecting() -> Screen:
    """Why it is not written off."""
    return _screen(ReviewState(Phase.REASON, at="e0"))


def pin_wanted() -> Screen:
    """The badge was read: the PIN is asked for."""
    return _screen(ReviewState(Phase.SIGN, at="e3", marks=_MARKS, holder=_DANA))


def offline() -> Screen:
    """The same without the centre."""
    return _screen(ReviewState(Phase.SIGN, at="e3", marks=_MARKS, holder=_DANA), offline=True)


def wrong_pin() -> Screen:
    """A wrong PIN."""
    parts = {"name": "Dana R.", "left": 6, "seconds": 0, "detail": ""}
    state = ReviewState(Phase.SIGN, at="e3", marks=_MARKS, holder=_DANA)
    return _screen(replace(state, notice=Notice("approval.pin", parts)))


def waits() -> Screen:
    """A PIN that came too soon after wrong ones."""
    parts = {"name": "Dana R.", "left": 4, "seconds": 15, "detail": ""}
    state = ReviewState(Phase.SIGN, at="e3", marks=_MARKS, holder=_DANA)
    return _screen(replace(state, notice=Notice("approval.wait", parts)))


def locked() -> Screen:
    """After the eighth wrong PIN."""
    return _screen(ReviewState(Phase.LOCKED, at="e3", marks=_MARKS, locked=_DANA))


def unlocking() -> Screen:
    """Another approver vouches for a locked one."""
    omar = Holder("OMAR", "Omar B.")
    return _screen(ReviewState(Phase.UNLOCK, at="e3", marks=_MARKS, holder=omar, locked=_DANA))


def signed() -> Screen:
    """A list was signed."""
    done = Decided("Dana R.", approved=2, rejected=1, at="11:14")
    return _screen(ReviewState(at="e3", decided=done), _ALL[3:])


def empty() -> Screen:
    """Nothing waits."""
    return _screen(ReviewState(), ())
