"""Examples of receipts, drawn by the workflow itself."""

from __future__ import annotations

from dataclasses import replace

from app.domain.item import Item
from app.domain.policy.floor import FloorRules
from app.domain.transfer import ComingLine, Transfer
from app.workflows.notice import Notice
from app.workflows.receiving.screen import Shown, draw
from app.workflows.receiving.state import Extra, Hand, Here, Job, Phase, Received, ReceivingState, Taken
from app.workflows.view import Figure, HeldJob, LastAction, Marker, RecentJob, Screen
from ui.gallery.content import OFFLINE, ONLINE
from ui.gallery.counting import pictured, texts

DOCK = replace(ONLINE, station="DOCK 01", person="Ravi T., Receiver")
_OFFLINE = replace(OFFLINE, station="DOCK 01", person="Ravi T., Receiver")
RULES = FloorRules(
    trusted=("WH5",),
    reasons=(
        ("fewer_sent", "Fewer were sent"),
        ("lost_on_way", "Box open or torn"),
        ("wrong_label", "Wrong label"),
        ("wrong_item", "Another item instead"),
        ("more_sent", "More were sent"),
        ("not_listed", "Not on the document"),
        ("unknown", "Nobody knows"),
    ),
)
_ITEMS = (
    Item("TB-75-TL", "Thermo bottle 0.75 L"),
    Item("DF-30-WH", "Desk fan 30 cm"),
    Item("CG-80-BK", "Coffee grinder CG-80"),
    Item("RJ-M-NV", "Rain jacket M navy"),
    Item("LP-OAK", "Desk lamp oak"),
    Item("PC-A54", "Phone case"),
)
_UNITS = zip(_ITEMS, (12, 6, 4, 8, 2, 30), strict=True)
_LINES = tuple(ComingLine(n, item.sku, qty, qty) for n, (item, qty) in enumerate(_UNITS, 1))
_DOC = Transfer("TR-2041", "acme", "WH5", "WH1", "arrived", _LINES)
_JOB = Job(
    _DOC,
    {item.sku: item for item in _ITEMS},
    here={1: Here(12), 2: Here(5)},
    taken=(Taken(Phase.HAND, None, 2, None),),
    touched="09:31:20",
    last="Desk fan 30 cm, 5",
)
_GRINDER = Hand(3, _ITEMS[2], 4)
_IN_HAND = ReceivingState(Phase.HAND, _JOB, _GRINDER)
_SUMMED = replace(
    _JOB,
    here={**_JOB.here, 3: Here(6), 4: Here(8)},
    extras=(Extra(_ITEMS[4], 1),),
    asked=(2, 3, -1),
)


def _shown() -> Shown:
    said = texts().say
    recent = (
        RecentJob(Marker.OPEN, "", "TR-2041", "from WH5, 6 lines to do", "", "arrived"),
        RecentJob(Marker.OPEN, "", "TR-2039", "from WH5, 2 lines to do", "", "received"),
        RecentJob(Marker.OPEN, "", "TR-2044", "from WH3, 18 lines to do", "", "in transit"),
    )
    figures = (
        Figure("3", said("recv.figure.coming")),
        Figure("26", said("recv.figure.lines_coming")),
        Figure("340", said("recv.figure.received_today")),
    )
    held = (HeldJob("TR-2039", "08:55, 4 of 6 done", "TR-2039"),)
    last = LastAction(Marker.OK, "08:40:11", "TR-2036, 72 units received", undo=True)
    return Shown(texts(), RULES, recent, figures, held, last)


def _open(state: ReceivingState, rules: FloorRules = RULES) -> Screen:
    return Screen(pictured(draw(state, Shown(texts(), rules))), DOCK, "receiving")


def idle() -> Screen:
    """Waiting for a document; three are on their way, one was begun."""
    return Screen(draw(ReceivingState(), _shown()), DOCK, "receiving")


def idle_empty() -> Screen:
    """Nothing is on its way here."""
    figures = tuple(replace(figure, value="0") for figure in _shown().figures)
    return Screen(draw(ReceivingState(), Shown(texts(), RULES, figures=figures)), DOCK, "receiving")


def opened() -> Screen:
    """A document is open, nothing is in the hand."""
    return _open(ReceivingState(Phase.LINES, _JOB))


def proposed() -> Screen:
    """An item was scanned: what its line expects is proposed."""
    return _open(_IN_HAND)


def offline() -> Screen:
    """The same without the centre: only the pills differ."""
    return replace(_open(_IN_HAND), status=_OFFLINE)


def over() -> Screen:
    """More than the document says: asked once more."""
    return _open(ReceivingState(Phase.OVER, _JOB, replace(_GRINDER, qty=6)))


def extra() -> Screen:
    """An item that is on no line."""
    jug = Item("JG-12-GL", "Glass jug 1.2 L")
    return _open(ReceivingState(Phase.OVER, _JOB, Hand(0, jug, 1)))


def damaged() -> Screen:
    """Some of a line arrived damaged."""
    return _open(ReceivingState(Phase.HAND, _JOB, replace(_GRINDER, qty=1, damaged=True)))


def not_trusted() -> Screen:
    """REST is refused where policy wants every line scanned."""
    notice = Notice("recv.not_trusted", {"site": "WH5"})
    return _open(ReceivingState(Phase.LINES, _JOB, notice=notice), FloorRules(reasons=RULES.reasons))


def reason() -> Screen:
    """The end: why a line is short."""
    return _open(ReceivingState(Phase.REASON, _SUMMED))


def check() -> Screen:
    """Every difference has its reason; OK saves."""
    reasons = {2: "fewer_sent", 3: "more_sent", -1: "not_listed"}
    return _open(ReceivingState(Phase.CHECK, replace(_SUMMED, asked=(), reasons=reasons)))


def saved() -> Screen:
    """A part was received; the rest is still to do."""
    done = Received("e", "TR-2041", 31, 4, open_lines=2, differing=2)
    return Screen(draw(ReceivingState(saved=done), _shown()), DOCK, "receiving")
