"""Receipts of transfers at a station, between the engine and the pure receiving workflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.clock import to_ms
from app.domain.event import Event, EventKind
from app.domain.feed import Cursor
from app.domain.fields import Fields
from app.domain.policy.floor import FloorRules
from app.domain.transfer import Transfer
from app.ledger.writer import Ledger
from app.queries import catalogue, desk, history
from app.queries.history import Recorded
from app.scanning.meaning import Meaning
from app.station.bench_desk import here
from app.station.desk import Arrival, Front
from app.station.floor_desk import RECENT, FloorDesk
from app.station.floor_lookup import Asked, Document, Place
from app.station.lookup import Lookup
from app.station.setup import Setup
from app.station.status import LinkFacts
from app.workflows.receiving.context import FoundDocument, Input, Moment
from app.workflows.receiving.screen import Shown, draw
from app.workflows.receiving.state import WORK, Received, ReceivingState, expected, from_draft, job_of
from app.workflows.receiving.step import advance
from app.workflows.scanned import FoundItem, NotFound, Other
from app.workflows.step import Step
from app.workflows.view import BenchView, Figure, HeldJob, Marker, RecentJob

OPEN_RECEIPT = "receiving.open_job"


class ReceivingDesk(FloorDesk[ReceivingState, Received]):
    """See the module. Every method is called on the station's thread."""

    front = Front.RECEIVING
    kind = EventKind.TRANSFER_RECEIVED
    work = WORK
    open_value = OPEN_RECEIPT

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        super().__init__(ledger, setup, ReceivingState())
        self._policies = Lookup(ledger, setup)
        self._dock_known: tuple[Cursor, str] | None = None

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

    def view(self, link: LinkFacts) -> BenchView:
        """The screen as it stands."""
        del link
        texts, rules = self._setup.texts, self._rules()
        if self.state.job is not None:
            return draw(self.state, Shown(texts, rules))
        receipts = self._newest(1)
        coming = self._coming()
        return draw(
            self.state,
            Shown(
                texts,
                rules,
                recent=tuple(self._recent(transfer) for transfer in coming[:RECENT]),
                figures=self._figures(coming),
                held=self._held(),
                last=self._last(receipts[0], self._saved(receipts[0])) if receipts else None,
            ),
        )

    def _document(self, raw: str, code: str) -> Input:
        connection = self._ledger.connection
        known = catalogue.transfer(connection, code)
        if known is None:
            return NotFound(code, code, digits=False)
        skus = {line.sku for line in known.lines}
        items = {sku: item for sku in skus if (item := catalogue.by_sku(connection, sku)) is not None}
        return FoundDocument(raw, self._after_own(known), items, self._parked(job_of(code)))

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

    def _taken_up(self, document: Mapping[str, object]) -> ReceivingState:
        return from_draft(document)

    def _told(self, entry: Recorded) -> Received:
        return _received(entry.event)

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
        units = sum(_received(entry.event).units for entry in self._today(200))
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
                at = self._time(draft.saved_wall, "%H:%M")
                progress = self._setup.texts.say(
                    "word.done", done=len(job.here), total=len(job.transfer.lines)
                )
                found.append(HeldJob(job.transfer.code, f"{at}, {progress}", job.transfer.code))
        return tuple(found)

    def _saved(self, entry: Recorded) -> str:
        told = _received(entry.event)
        return self._setup.texts.say("recv.list.units", doc=told.code, units=told.units)


def _received(event: Event) -> Received:
    f = Fields(event.body, "a receipt")
    lines = f.objects("lines")
    units = sum(line.whole_or(name, 0) for line in lines for name in ("received", "damaged", "over"))
    strange = f.inner("strange") if f.raw().get("strange") else None
    units += sum(strange.whole(name) for name in strange.names()) if strange else 0
    return Received(event.event_id, f.text("transfer"), units, len(lines))
