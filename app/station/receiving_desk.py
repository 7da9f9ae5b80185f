"""Receipts of transfers at a station, between the engine and the pure receiving workflow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.domain.clock import from_text, to_ms, to_text
from app.domain.event import Event, EventKind
from app.domain.feed import Cursor
from app.domain.fields import Fields
from app.domain.policy.floor import FloorRules
from app.domain.transfer import Transfer
from app.ledger.writer import Ledger
from app.queries import catalogue, desk, figures, history
from app.queries.history import Recorded
from app.scanning.meaning import Meaning
from app.station.bench_desk import here
from app.station.desk import Arrival, Front, Label
from app.station.floor_lookup import Asked, Document, FloorLookup, Place
from app.station.lookup import Lookup
from app.station.setup import Setup
from app.station.status import LinkFacts
from app.workflows.effects import Record, Undo
from app.workflows.notice import Notice
from app.workflows.receiving.context import FoundDocument, Input, Moment
from app.workflows.receiving.screen import Shown, draw
from app.workflows.receiving.state import WORK, Received, ReceivingState, expected, from_draft, job_of
from app.workflows.receiving.step import advance
from app.workflows.scanned import FoundItem, NotFound, Other
from app.workflows.step import Step
from app.workflows.view import BenchView, Figure, HeldJob, LastAction, Marker, RecentJob

OPEN_RECEIPT = "receiving.open_job"
_RECENT = 5
_UNDO_DEPTH = 20


class ReceivingDesk:
    """See the module. Every method is called on the station's thread."""

    front = Front.RECEIVING
    open_value = OPEN_RECEIPT
    latched = False

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup
        self._lookup = FloorLookup(ledger)
        self._policies = Lookup(ledger, setup)
        self.state = ReceivingState()
        self._undoable = self._newest_standing()
        self._dock_known: tuple[Cursor, str] | None = None

    @property
    def undo_name(self) -> str:
        """The document whose receipt an UNDO would take back."""
        return self._undoable.code if self._undoable else ""

    def resume(self) -> None:
        """Takes up the document that was open when the program ended, at the same line."""
        key = self._ledger.value(OPEN_RECEIPT)
        draft = desk.load_draft(self._ledger.connection, key, WORK) if key else None
        if draft is not None:
            self.state = from_draft(draft.document)

    def answer(self, arrival: Arrival, meaning: Meaning, *, more: bool) -> Step[ReceivingState] | None:
        """The step for a scan."""
        hand = self.state.hand
        asked = Asked(number=hand is not None, apart=hand is not None and hand.item.has_serial)
        found = self._lookup.resolve(arrival, meaning, asked)
        given: Input
        match found:
            case Place(place=place):
                given = Other(place.code, "BINCNT")
            case Document(raw=raw, code=code):
                given = self._document(raw, code)
            case FoundItem():
                given = replace(found, same_pack=more)
            case _:
                if more:
                    return None
                given = found
        return advance(self.state, given, self._moment())

    def job_of(self, step: Step[Any] | None) -> str | None:
        """Under which name the open document's draft is kept."""
        state: ReceivingState = step.state if step else self.state
        return state.job.job if state.job else None

    def done(self, step: Step[Any]) -> list[Label]:
        """Takes the new state over; receipts print nothing."""
        self.state = step.state
        if any(isinstance(effect, (Record, Undo)) for effect in step.effects):
            self._undoable = self._newest_standing()
        return []

    def tell(self, notice: Notice) -> None:
        """Shows a message over the present question."""
        self.state = replace(self.state, notice=notice)

    def notice(self) -> Notice | None:
        """The message that is shown."""
        return self.state.notice

    def view(self, link: LinkFacts) -> BenchView:
        """The screen as it stands."""
        del link
        texts, rules = self._setup.texts, self._rules()
        if self.state.job is not None:
            return draw(self.state, Shown(texts, rules))
        receipts = history.newest_of(self._ledger.connection, EventKind.TRANSFER_RECEIVED, 1)
        coming = self._coming()
        return draw(
            self.state,
            Shown(
                texts,
                rules,
                recent=tuple(self._recent(transfer) for transfer in coming[:_RECENT]),
                figures=self._figures(coming),
                held=self._held(),
                last=self._last(receipts[0]) if receipts else None,
            ),
        )

    def _document(self, raw: str, code: str) -> Input:
        connection = self._ledger.connection
        known = catalogue.transfer(connection, code)
        if known is None:
            return NotFound(code, code, digits=False)
        draft = desk.load_draft(connection, job_of(code), WORK)
        skus = {line.sku for line in known.lines}
        items = {sku: item for sku in skus if (item := catalogue.by_sku(connection, sku)) is not None}
        parked = from_draft(draft.document) if draft else None
        return FoundDocument(raw, self._after_own(known), items, parked)

    def _after_own(self, known: Transfer) -> Transfer:
        """The transfer as this station knows it: the centre's word, and its own receipts not yet in that."""
        own = history.timeline(self._ledger.connection, f"transfer:{known.code}")
        return known.after(entry.event for entry in own)

    def _moment(self) -> Moment:
        now = self._setup.clock.now()
        place = here(self._ledger, self._setup)
        return Moment(
            here=place,
            dock=self._dock(place.site),
            policy_ver=self._policies.policy().version,
            rules=self._rules(),
            event_id=self._setup.ids.event_id(to_ms(now)),
            local=f"{now.astimezone(self._setup.zone):%H:%M:%S}",
            undoable=self._undoable,
        )

    def _dock(self, site: str) -> str:
        """Where goods are put: the first dock of the site, else this station itself; read once per page."""
        cursor = self._ledger.cursor
        if self._dock_known is None or self._dock_known[0] != cursor:
            docks = catalogue.docks(self._ledger.connection, site)
            self._dock_known = (cursor, docks[0] if docks else self._setup.bench)
        return self._dock_known[1]

    def _rules(self) -> FloorRules:
        return self._policies.policy().floor

    def _newest_standing(self) -> Received | None:
        found = history.newest_of(self._ledger.connection, EventKind.TRANSFER_RECEIVED, _UNDO_DEPTH)
        return next((_received(entry.event) for entry in found if not entry.undone), None)

    def _coming(self) -> list[Transfer]:
        site = here(self._ledger, self._setup).site
        found = (self._after_own(entry) for entry in catalogue.transfers_to(self._ledger.connection, site))
        return [entry for entry in found if any(line.left or not line.here for line in entry.lines)]

    def _recent(self, transfer: Transfer) -> RecentJob:
        todo = sum(1 for line in transfer.lines if line.left or not line.here)
        title = self._setup.texts.say("recv.list.lines", site=transfer.source, n=todo)
        return RecentJob(Marker.OPEN, "", transfer.code, title, "", transfer.state.replace("_", " "))

    def _figures(self, coming: Sequence[Transfer]) -> tuple[Figure, ...]:
        say = self._setup.texts.say
        midnight = to_text(figures.local_midnight(self._setup.clock.now(), self._setup.zone))
        today = [
            entry
            for entry in history.newest_of(self._ledger.connection, EventKind.TRANSFER_RECEIVED, 200)
            if not entry.undone and entry.wall >= midnight
        ]
        units = sum(_received(entry.event).units for entry in today)
        lines = sum(1 for transfer in coming for line in transfer.lines if expected(line))
        return (
            Figure(str(len(coming)), say("recv.figure.coming")),
            Figure(str(lines), say("recv.figure.lines_coming")),
            Figure(str(units), say("recv.figure.received_today")),
        )

    def _held(self) -> tuple[HeldJob, ...]:
        found = []
        for draft in desk.drafts(self._ledger.connection, WORK):
            job = from_draft(draft.document).job
            if job is not None:
                at = from_text(draft.saved_wall).astimezone(self._setup.zone)
                progress = self._setup.texts.say(
                    "word.done", done=len(job.here), total=len(job.transfer.lines)
                )
                found.append(HeldJob(job.transfer.code, f"{at:%H:%M}, {progress}", job.transfer.code))
        return tuple(found)

    def _last(self, entry: Recorded) -> LastAction:
        told, texts = _received(entry.event), self._setup.texts
        marker = Marker.OK if entry.acknowledged else Marker.WAITS_TO_SEND
        text = texts.say("recv.list.units", doc=told.code, units=told.units)
        if entry.undone:
            marker, text = Marker.OPEN, texts.say("last.undone", item=told.code)
        at = from_text(entry.wall).astimezone(self._setup.zone)
        return LastAction(marker, f"{at:%H:%M:%S}", text, undo=self._undoable is not None)


def _received(event: Event) -> Received:
    f = Fields(event.body, "a receipt")
    lines = f.objects("lines")
    units = sum(line.whole_or(name, 0) for line in lines for name in ("received", "damaged", "over"))
    strange = f.inner("strange") if f.raw().get("strange") else None
    units += sum(strange.whole(name) for name in strange.names()) if strange else 0
    return Received(event.event_id, f.text("transfer"), units, len(lines))
