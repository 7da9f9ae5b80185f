"""From what a scan means to what it is: the exact look-ups in the local record, in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.clock import from_text
from app.domain.codes import CodeFamily
from app.domain.event import Event, EventKind
from app.domain.feed import Cursor
from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.policy import Policy
from app.ledger.writer import Ledger
from app.queries import catalogue, desk, history, returns
from app.queries.history import SavedUnit
from app.queries.returns import ReturnView
from app.scanning.meaning import Badge, Command, Damaged, Gs1, Gtin14, Meaning, OwnCode, Sscc, Text, shown
from app.station.known import known_unit, part_names, seen_unit
from app.station.setup import Setup
from app.workflows.bench.inputs import (
    Entered,
    FoundItem,
    FoundLabel,
    FoundReturn,
    Input,
    NotFound,
    Parked,
    Said,
    Unreadable,
)
from app.workflows.bench.otherwise import keeps_from_sale
from app.workflows.bench.state import BenchState, Phase, Pick, Saved, from_draft
from app.workflows.bench.unidentified import THING

# Undo reaches this many saved units back.
UNDO_DEPTH = 20
_TYPED_NUMBER_DIGITS = 7
# The longest lot of GS1's application identifier 10.
_LOT_SIGNS = 20


class Lookup:
    """Reads the local record for the engine; writes nothing."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup
        self._policy = setup.policy
        self._policy_at: Cursor | None = None

    def resolve(self, meaning: Meaning, state: BenchState, *, typed: bool) -> Input:
        """The input a scan is for the bench. `typed` is True for a code entered by hand."""
        number = meaning.text
        counting = state.phase in {Phase.GRADE, Phase.COUNT}
        if (
            typed
            and counting
            and number.isascii()
            and number.isdigit()
            and len(number) <= _TYPED_NUMBER_DIGITS
        ):
            return Entered(meaning.raw, int(number))
        match meaning:
            case Command(word=word):
                return Said(word.value, meaning.raw)
            case Badge():
                # The engine takes badges before a job sees them; one that comes here is nobody's item.
                return NotFound("", digits=False)
            case Damaged():
                return Unreadable(shown(meaning.raw), meaning.expected, meaning.do)
            case OwnCode():
                return self._own(meaning)
            case Gs1():
                return self._gs1(meaning, state)
            case Gtin14():
                return self._gtin(meaning, state, typed=typed)
            case Sscc():
                return self._parcel(meaning.sscc) or NotFound(meaning.text, digits=True)
            case Text():
                return self._text(meaning, state, typed=typed)

    def policy(self) -> Policy:
        """The policy in force: the centre's newest, else the shipped one; read once per version."""
        # Only the feed brings policies, and every page of it moves the cursor.
        cursor = self._ledger.cursor
        if cursor != self._policy_at:
            connection = self._ledger.connection
            version = catalogue.current_policy_version(connection)
            if version is not None and version != self._policy.version:
                self._policy = catalogue.policy(connection, version) or self._policy
            self._policy_at = cursor
        return self._policy

    def undoable(self) -> Saved | None:
        """The newest saved unit that was not taken back and that nothing used since."""
        unit = _newest_standing(self._ledger)
        if unit is None or (
            _has_later(self._ledger, unit) and history.used_since(self._ledger.connection, unit.event_id)
        ):
            return None
        return self._saved(unit)

    def draft(self, job: str) -> Mapping[str, object] | None:
        """A parked job's document."""
        found = desk.load_draft(self._ledger.connection, job)
        return found.document if found else None

    def progress(self, rma: str) -> dict[int, int]:
        """Units done per line, anywhere; empty for a job without an RMA."""
        view = returns.by_code(self._ledger.connection, rma)
        return _done(view) if view else {}

    def newest_label(self) -> Mapping[str, object] | None:
        """The document of the last label of this bench that is not void."""
        connection = self._ledger.connection
        for unit in history.recent(connection, UNDO_DEPTH):
            if not unit.undone and unit.label:
                found = desk.unit_label(connection, unit.label)
                return found.document if found else None
        return None

    def _own(self, meaning: OwnCode) -> Input:
        if meaning.family is CodeFamily.RMA:
            view = returns.by_code(self._ledger.connection, meaning.code)
            return self._return(view, meaning.code, None) if view else NotFound(meaning.code, digits=False)
        found = desk.unit_label(self._ledger.connection, meaning.code)
        if found is None:
            return self._elsewhere(meaning.code) or NotFound(meaning.code, digits=False)
        unit = known_unit(self._ledger, self._setup, meaning.code)
        return FoundLabel(meaning.raw, meaning.code, _label_words(found.document, found.state), unit)

    def _gs1(self, meaning: Gs1, state: BenchState) -> Input:
        if meaning.sscc and (parcel := self._parcel(meaning.sscc)):
            return parcel
        gtin = meaning.gtin or meaning.content_gtin
        if not gtin and meaning.serial and state.phase is Phase.SERIAL and state.pick:
            return self._unit(meaning.raw, state.pick.item, meaning.serial, meaning.lot)
        if not gtin and meaning.lot and state.phase is Phase.LOT and state.pick:
            return self._unit(meaning.raw, state.pick.item, None, meaning.lot)
        found = catalogue.by_gtin(self._ledger.connection, gtin) if gtin else ()
        if len(found) != 1:
            return _none_or_several(meaning, found)
        # A separator may have been lost: a doubtful serial is asked for rather than taken.
        sure = not meaning.separator_doubt
        serial, lot = (meaning.serial, meaning.lot) if sure else (None, None)
        return self._unit(meaning.raw, found[0], serial, lot)

    def _unit(self, raw: str, item: Item, serial: str | None, lot: str | None) -> FoundItem:
        """An item with what it is tracked by; an untracked serial is no unit's identity."""
        kept = serial if item.has_serial else None
        return FoundItem(
            raw,
            item,
            kept,
            lot if item.has_lot else None,
            seen_unit(self._ledger, self._setup, item, kept) if kept else None,
            parts=part_names(self._ledger, item),
        )

    def _gtin(self, meaning: Gtin14, state: BenchState, *, typed: bool) -> Input:
        connection = self._ledger.connection
        found = catalogue.by_gtin(connection, meaning.gtin)
        if meaning.other:
            found += catalogue.by_gtin(connection, meaning.other)
        if len(found) == 1:
            return self._unit(meaning.raw, found[0], None, None)
        if not found and (parcel := self._parcel(meaning.text)):
            return parcel
        if not found and typed and state.phase in {Phase.SERIAL, Phase.LOT} and state.pick:
            serial, lot = (meaning.text, None) if state.phase is Phase.SERIAL else (None, meaning.text)
            return self._unit(meaning.raw, state.pick.item, serial, lot)
        return _none_or_several(meaning, found)

    def _text(self, meaning: Text, state: BenchState, *, typed: bool) -> Input:
        connection, text = self._ledger.connection, meaning.text
        view = returns.by_code(connection, text)
        if view is not None:
            return self._return(view, meaning.raw, None)
        if parcel := self._parcel(text):
            return parcel
        if state.phase in {Phase.SERIAL, Phase.LOT} and state.pick:
            return self._elsewhere(text) or self._told_apart(meaning, state, state.pick, typed=typed)
        if item := catalogue.by_sku(connection, text):
            return self._unit(meaning.raw, item, None, None)
        for sold in returns.by_serial(connection, text):
            line = sold.found.rma.line(sold.line)
            if item := catalogue.by_sku(connection, line.sku):
                return self._unit(meaning.raw, item, text, line.lot)
        if draft := self.draft(text):
            return Parked(text, from_draft(draft))
        # A scan is exact; who types may be spared the shift key.
        if typed and (item := catalogue.by_sku_in_any_case(connection, text)):
            return self._unit(meaning.raw, item, None, None)
        if meaning.otherwise:
            return Unreadable(shown(meaning.raw), meaning.otherwise.expected, meaning.otherwise.do)
        return self._elsewhere(text) or NotFound(shown(text), digits=text.isdigit())

    def _elsewhere(self, code: str) -> NotFound | None:
        """A code that another kind of job at this station works with."""
        connection = self._ledger.connection
        if catalogue.transfer(connection, code) is not None:
            return NotFound(shown(code), digits=False, word="INBND")
        if catalogue.location(connection, code) is not None:
            return NotFound(shown(code), digits=False, word="BINCNT")
        return None

    def _told_apart(self, meaning: Text, state: BenchState, pick: Pick, *, typed: bool) -> Input:
        """A text that answers the question for a serial or lot: whatever one can be, but no item's code."""
        text, item = meaning.text, pick.item
        named = _named(self._ledger, text, item, typed=typed)
        if named is not None and text not in _sold(state, item):
            return self._unit(meaning.raw, named, None, None)
        if state.phase is Phase.SERIAL:
            return self._unit(meaning.raw, item, text, None)
        if text == pick.serial or len(text) > _LOT_SIGNS:
            return NotFound(shown(text), digits=text.isdigit())
        return self._unit(meaning.raw, item, None, text)

    def _parcel(self, number: str) -> FoundReturn | None:
        views = returns.by_tracking(self._ledger.connection, number)
        # Several returns may share a parcel: the first that still misses something is meant.
        view = next((view for view in views if view.left), views[0] if views else None)
        return self._return(view, number, number) if view else None

    def _return(self, view: ReturnView, raw: str, parcel: str | None) -> FoundReturn:
        connection, code = self._ledger.connection, view.rma.code
        items = {line.sku: catalogue.by_sku(connection, line.sku) for line in view.rma.lines}
        recorded = history.timeline(connection, f"rma:{code}")
        arrivals = [
            _parcel_of(entry.event) for entry in recorded if entry.event.kind == EventKind.RETURN_ARRIVED
        ]
        document = self.draft(code)
        return FoundReturn(
            raw=raw,
            rma=view.rma,
            items={sku: item for sku, item in items.items() if item is not None},
            done=_done(view),
            arrived=parcel in arrivals if parcel else bool(arrivals),
            parcel=parcel,
            draft=from_draft(document) if document else None,
            cancelled=view.state == "cancelled",
            closed_with=_missing_of(recorded[-1].event) if recorded else None,
        )

    def _saved(self, unit: SavedUnit) -> Saved | None:
        connection = self._ledger.connection
        item = catalogue.by_sku(connection, unit.sku) if unit.sku else THING
        local = from_text(unit.wall).astimezone(self._setup.zone)
        recorded = history.by_id(connection, unit.event_id) if unit.again else None
        return Saved(
            event_id=unit.event_id,
            item=item or Item(unit.sku, unit.sku),
            rma=unit.rma or unit.again,
            line=unit.line,
            pick_qty=unit.qty,
            serial=unit.serial,
            lot=unit.lot,
            grade=unit.grade or "",
            grade_caption="",
            outcome=self.caption(unit.disposition),
            place=unit.place,
            rule="",
            label=unit.label or "",
            time=f"{local:%H:%M:%S}",
            date=f"{local.day} {local:%b %Y}",
            closed=unit.rma is not None
            and _has_later(self._ledger, unit)
            and history.followed_by(connection, unit.seq, f"rma:{unit.rma}", EventKind.RETURN_FINISHED),
            again=unit.again is not None,
            kept_from_sale=recorded is not None and keeps_from_sale(recorded.event),
        )

    def caption(self, disposition: str) -> str:
        """The words for a recorded disposition; one that today's policy lacks keeps its own name."""
        known = {outcome.disposition: outcome.caption for outcome in self.policy().outcomes}
        return known.get(disposition, disposition.replace("_", " ").upper())


def _none_or_several(meaning: Gs1 | Gtin14, found: tuple[Item, ...]) -> Input:
    if not found:
        return NotFound(shown(meaning.text), digits=meaning.text.isdigit())
    names = " and ".join(item.sku for item in found[:3])
    return Unreadable(shown(meaning.text), f"{names} carry this code.", "Scan or type the SKU.")


def _named(ledger: Ledger, text: str, in_hand: Item, *, typed: bool) -> Item | None:
    """The item whose code a text is, while a serial or lot of another is asked for."""
    if text.upper() == in_hand.sku.upper():
        return in_hand
    exact = catalogue.by_sku(ledger.connection, text)
    return exact or (catalogue.by_sku_in_any_case(ledger.connection, text) if typed else None)


def _sold(state: BenchState, item: Item) -> set[str | None]:
    """The serials or lots, whichever is asked for, that the open return expects of an item."""
    rma = state.job.rma if state.job else None
    lines = [line for line in rma.lines if line.sku == item.sku] if rma else []
    if state.phase is Phase.SERIAL:
        return {serial for line in lines for serial in line.serials}
    return {line.lot for line in lines}


def _done(view: ReturnView) -> dict[int, int]:
    return {line.line.line: line.done for line in view.lines if line.done}


def _parcel_of(arrived: Event) -> object:
    # Earlier versions wrote the number among the facts.
    return (arrived.private or arrived.body).get("parcel")


def _missing_of(newest: Event) -> dict[int, int] | None:
    """Units per line that a finished box missed; None for an event of another kind."""
    if newest.kind != EventKind.RETURN_FINISHED:
        return None
    lines = Fields(newest.body, "finished box").objects("missing")
    return {line.whole("line"): line.whole("qty") for line in lines}


def _label_words(document: Mapping[str, object], state: str) -> str:
    words = f"{document.get('headline', '')}, {document.get('place', '')}: {document.get('item_name', '')}"
    return f"{words} (taken back)" if state == "void" else words


def _newest_standing(ledger: Ledger) -> SavedUnit | None:
    # Nearly always the very last one.
    for depth in (1, UNDO_DEPTH):
        for unit in history.recent(ledger.connection, depth):
            if not unit.undone:
                return unit
    return None


def _has_later(ledger: Ledger, unit: SavedUnit) -> bool:
    # Right after a unit is saved, which is when the next scan waits, it is the last event there is.
    return unit.seq < ledger.last_seq
