"""From what a scan means to what it is: the exact look-ups in the local record, in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.clock import from_text
from app.domain.codes import CodeFamily
from app.domain.event import Event, EventKind
from app.domain.item import Item
from app.domain.policy import Policy
from app.ledger.also import SetValue
from app.ledger.writer import Ledger
from app.queries import catalogue, desk, history, returns
from app.queries.history import SavedUnit
from app.queries.returns import ReturnView
from app.scanning.meaning import Command, Damaged, Gs1, Gtin14, Meaning, OwnCode, Sscc, Text, shown
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
from app.workflows.bench.state import BenchState, Phase, Saved, from_draft

# Undo reaches this many saved units back.
UNDO_DEPTH = 20
_TYPED_NUMBER_DIGITS = 7


class Lookup:
    """Reads the local record for the engine; writes nothing."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup
        self._policy = setup.policy

    def resolve(self, meaning: Meaning, state: BenchState, *, typed: bool) -> Input:
        """The input a scan is for the bench. `typed` is True for a code entered by hand."""
        number = meaning.text
        if typed and number.isascii() and number.isdigit() and len(number) <= _TYPED_NUMBER_DIGITS:
            return Entered(meaning.raw, int(number))
        match meaning:
            case Command(word=word):
                return Said(word.value, meaning.raw)
            case Damaged():
                return Unreadable(shown(meaning.raw), meaning.expected, meaning.do)
            case OwnCode():
                return self._own(meaning)
            case Gs1():
                return self._gs1(meaning)
            case Gtin14():
                return self._gtin(meaning)
            case Sscc():
                return self._parcel(meaning.sscc) or NotFound(meaning.text, digits=True)
            case Text():
                return self._text(meaning, state)

    def policy(self) -> Policy:
        """The policy in force: the centre's newest, else the shipped one; read once per version."""
        connection = self._ledger.connection
        version = catalogue.current_policy_version(connection)
        if version is not None and version != self._policy.version:
            self._policy = catalogue.policy(connection, version) or self._policy
        return self._policy

    def undoable(self) -> Saved | None:
        """The newest saved unit that was not taken back and that nothing used since."""
        connection = self._ledger.connection
        for unit in history.recent(connection, UNDO_DEPTH):
            if not unit.undone:
                return None if history.used_since(connection, unit.event_id) else self._saved(unit)
        return None

    def draft(self, job: str) -> Mapping[str, object] | None:
        """A parked job's document."""
        found = desk.load_draft(self._ledger.connection, job)
        return found.document if found else None

    def progress(self, rma: str) -> dict[int, int]:
        """Units done per line, anywhere; empty for a job without an RMA."""
        view = returns.by_code(self._ledger.connection, rma)
        return _done(view) if view else {}

    def remember(self, name: str, value: str | None) -> SetValue:
        """What to write beside a commit so that a restart finds it."""
        return SetValue(name, value)

    def event(self, event_id: str) -> Event:
        """A recorded event."""
        found = history.by_id(self._ledger.connection, event_id)
        if found is None:
            raise KeyError(event_id)
        return found.event

    def used_since(self, event_id: str) -> bool:
        """True when a later record stands on this one."""
        return history.used_since(self._ledger.connection, event_id)

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
            return NotFound(meaning.code, digits=False)
        return FoundLabel(meaning.raw, meaning.code, _label_words(found.document, found.state))

    def _gs1(self, meaning: Gs1) -> Input:
        if meaning.sscc and (parcel := self._parcel(meaning.sscc)):
            return parcel
        gtin = meaning.gtin or meaning.content_gtin
        found = catalogue.by_gtin(self._ledger.connection, gtin) if gtin else ()
        if len(found) != 1:
            return self._none_or_several(meaning, found)
        # A separator may have been lost: a doubtful serial is asked for rather than taken.
        sure = not meaning.separator_doubt
        return FoundItem(
            meaning.raw, found[0], meaning.serial if sure else None, meaning.lot if sure else None
        )

    def _gtin(self, meaning: Gtin14) -> Input:
        connection = self._ledger.connection
        found = catalogue.by_gtin(connection, meaning.gtin)
        if meaning.other:
            found += catalogue.by_gtin(connection, meaning.other)
        if len(found) == 1:
            return FoundItem(meaning.raw, found[0])
        if not found and (parcel := self._parcel(meaning.text)):
            return parcel
        return self._none_or_several(meaning, found)

    def _none_or_several(self, meaning: Gs1 | Gtin14, found: tuple[Item, ...]) -> Input:
        if not found:
            return NotFound(shown(meaning.text), digits=meaning.text.isdigit())
        names = " and ".join(item.sku for item in found[:3])
        return Unreadable(shown(meaning.text), f"{names} carry this code.", "Scan or type the SKU.")

    def _text(self, meaning: Text, state: BenchState) -> Input:
        connection, text = self._ledger.connection, meaning.text
        view = returns.by_code(connection, text)
        if view is not None:
            return self._return(view, meaning.raw, None)
        if parcel := self._parcel(text):
            return parcel
        if state.phase is Phase.SERIAL:
            return NotFound(text, digits=False)
        if item := catalogue.by_sku(connection, text):
            return FoundItem(meaning.raw, item)
        for sold in returns.by_serial(connection, text):
            line = sold.found.rma.line(sold.line)
            if item := catalogue.by_sku(connection, line.sku):
                return FoundItem(meaning.raw, item, text, line.lot, sold.found.rma.code)
        if draft := self.draft(text):
            return Parked(text, from_draft(draft))
        if meaning.otherwise:
            return Unreadable(shown(meaning.raw), meaning.otherwise.expected, meaning.otherwise.do)
        return NotFound(shown(text), digits=text.isdigit())

    def _parcel(self, number: str) -> FoundReturn | None:
        views = returns.by_tracking(self._ledger.connection, number)
        # Several returns may share a parcel: the first that still misses something is meant.
        view = next((view for view in views if view.left), views[0] if views else None)
        return self._return(view, number, number) if view else None

    def _return(self, view: ReturnView, raw: str, parcel: str | None) -> FoundReturn:
        connection, code = self._ledger.connection, view.rma.code
        items = {line.sku: catalogue.by_sku(connection, line.sku) for line in view.rma.lines}
        arrived = any(
            entry.event.kind == EventKind.RETURN_ARRIVED
            for entry in history.timeline(connection, f"rma:{code}")
        )
        document = self.draft(code)
        return FoundReturn(
            raw=raw,
            rma=view.rma,
            items={sku: item for sku, item in items.items() if item is not None},
            done=_done(view),
            arrived=arrived,
            parcel=parcel,
            draft=from_draft(document).job if document else None,
        )

    def _saved(self, unit: SavedUnit) -> Saved | None:
        item = catalogue.by_sku(self._ledger.connection, unit.sku)
        local = from_text(unit.wall).astimezone(self._setup.zone)
        return Saved(
            event_id=unit.event_id,
            item=item or Item(unit.sku, unit.sku),
            rma=unit.rma,
            line=unit.line,
            pick_qty=unit.qty,
            serial=unit.serial,
            lot=unit.lot,
            grade=unit.grade or "",
            grade_caption="",
            outcome=self.policy().outcome(unit.disposition).caption,
            place=unit.place,
            rule="",
            label=unit.label or "",
            time=f"{local:%H:%M:%S}",
            date=f"{local.day} {local:%b %Y}",
        )


def _done(view: ReturnView) -> dict[int, int]:
    return {line.line.line: line.done for line in view.lines if line.done}


def _label_words(document: Mapping[str, object], state: str) -> str:
    words = f"{document.get('headline', '')}, {document.get('place', '')}: {document.get('item_name', '')}"
    return f"{words} (taken back)" if state == "void" else words
