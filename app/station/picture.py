"""The facts around the bench screen, read from the record and put into words."""

from __future__ import annotations

from app.documents.bars import module_widths
from app.domain.clock import from_text
from app.ledger.writer import Ledger
from app.queries import catalogue, desk, figures, history
from app.queries.history import SavedUnit
from app.station.lookup import Lookup
from app.station.setup import Setup
from app.station.status import LinkFacts
from app.workflows.bench.screen import draw
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Phase, Saved, decided, from_draft
from app.workflows.bench.unidentified import THING
from app.workflows.texts import shorten
from app.workflows.view import BenchView, Figure, HeldJob, LastAction, Link, Marker, RecentJob

_RECENT = 5
_NAME = 26


class Picture:
    """Draws the bench for a state; reads more only where the phase shows more."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup
        self._lookup = Lookup(ledger, setup)

    def draw(self, state: BenchState, undoable: Saved | None, link: LinkFacts) -> BenchView:
        """The view of the bench as it stands."""
        idle = state.phase is Phase.IDLE
        units = history.recent(self._ledger.connection, _RECENT if idle else 1)
        online = link.link is Link.ONLINE and not link.stopped
        saved = state.saved
        printed, printed_marker = self._printed(saved.label) if saved else ("", Marker.OPEN)
        sent, sent_marker = self._sent(saved, units, online=online) if saved else ("", Marker.OPEN)
        return draw(
            state,
            Shown(
                texts=self._setup.texts,
                policy=self._lookup.policy(),
                recent=tuple(self._recent(unit) for unit in units) if idle else (),
                figures=self._figures() if idle else (),
                held=self._held(state) if idle else (),
                last=self._last(units, undoable),
                online=online,
                printed=printed,
                printed_marker=printed_marker,
                sent=sent,
                sent_marker=sent_marker,
                bars=module_widths(saved.label) if saved else (),
                no_camera=self._setup.no_camera,
            ),
        )

    def _say(self, code: str, /, **parts: object) -> str:
        return self._setup.texts.say(code, **parts)

    def _time(self, wall: str, form: str) -> str:
        return from_text(wall).astimezone(self._setup.zone).strftime(form)

    def _name(self, sku: str) -> str:
        if not sku:
            return THING.name
        item = catalogue.by_sku(self._ledger.connection, sku)
        return item.name if item else sku

    def _recent(self, unit: SavedUnit) -> RecentJob:
        outcome = self._lookup.caption(unit.disposition)
        many = f", {self._say('saved.quantity', qty=unit.qty)}" if unit.qty > 1 else ""
        where = self._say("grade.place", outcome=outcome, place=unit.place)
        marker = Marker.ATTENTION if unit.place.startswith("HOLD") else Marker.OK
        if unit.undone:
            marker, where = Marker.OPEN, self._say("last.undone", item="").strip()
        name = f"{shorten(self._name(unit.sku), _NAME)}{many}"
        code = unit.rma or unit.label or ""
        return RecentJob(marker, self._time(unit.wall, "%H:%M"), code, name, unit.grade or "", where)

    def _figures(self) -> tuple[Figure, ...]:
        midnight = figures.local_midnight(self._setup.clock.now(), self._setup.zone)
        found = figures.figures(self._ledger.connection, midnight)
        pace = f"{found.median_s:.0f} s" if found.median_s is not None else "-"
        return (
            Figure(str(found.units), self._say("figure.units_today")),
            Figure(pace, self._say("figure.median")),
            Figure(str(found.waiting), self._say("figure.waiting")),
        )

    def _held(self, state: BenchState) -> tuple[HeldJob, ...]:
        current = state.job.key if state.job else None
        found = []
        for draft in desk.drafts(self._ledger.connection):
            job = from_draft(draft.document).job
            if job is None or draft.job == current:
                continue
            total = len(job.rma.lines) if job.rma else 0
            done = total - len(job.open_lines)
            progress = self._say("word.done", done=done, total=total) if total else ""
            detail = ", ".join(part for part in (self._time(draft.saved_wall, "%H:%M"), progress) if part)
            found.append(HeldJob(draft.job, detail, draft.job))
        return tuple(found)

    def _last(self, units: tuple[SavedUnit, ...], undoable: Saved | None) -> LastAction | None:
        if not units:
            return None
        unit = units[0]
        marker = Marker.OK if unit.acknowledged else Marker.WAITS_TO_SEND
        outcome = decided(unit.grade, self._lookup.caption(unit.disposition))
        item = shorten(self._name(unit.sku), _NAME)
        text = self._say("last.saved", item=item, outcome=outcome)
        if unit.undone:
            marker, text = Marker.OPEN, self._say("last.undone", item=item)
        return LastAction(marker, self._time(unit.wall, "%H:%M:%S"), text, undoable is not None)

    def _printed(self, code: str) -> tuple[str, Marker]:
        label = desk.unit_label(self._ledger.connection, code)
        if label is not None and label.state == "printed":
            return self._say("saved.printed", time=self._time(label.wall, "%H:%M:%S")), Marker.OK
        return self._say("saved.queued"), Marker.OPEN

    def _sent(self, saved: Saved, units: tuple[SavedUnit, ...], *, online: bool) -> tuple[str, Marker]:
        unit = next((unit for unit in units if unit.event_id == saved.event_id), None)
        if unit is not None and unit.acknowledged:
            return self._say("saved.sent", time=saved.time), Marker.SENT
        return self._say("saved.sending" if online else "saved.waits"), Marker.WAITS_TO_SEND
