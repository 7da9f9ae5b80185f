"""Counts of bins at a station, between the engine and the pure counting workflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.clock import to_ms, to_text
from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.item import Item
from app.ledger import site_stock
from app.ledger.writer import Ledger
from app.queries import catalogue, desk
from app.queries.history import Recorded
from app.scanning.meaning import Meaning
from app.station.bench_desk import here
from app.station.desk import Arrival, Front
from app.station.floor_desk import RECENT, FloorDesk
from app.station.floor_lookup import Asked, Document, Place
from app.station.setup import Setup
from app.station.status import LinkFacts
from app.workflows.counting.closing import moved
from app.workflows.counting.context import Moment, is_whole
from app.workflows.counting.drafts import from_draft
from app.workflows.counting.inputs import FoundPlace, Input
from app.workflows.counting.lines import hand
from app.workflows.counting.screen import Shown, draw
from app.workflows.counting.state import WORK, Counted, CountState, Expected, Key, Phase, job_of
from app.workflows.counting.step import advance
from app.workflows.scanned import FoundItem, Other
from app.workflows.step import Step
from app.workflows.view import BenchView, Figure, HeldJob, Marker, RecentJob

OPEN_COUNT = "counting.open_job"


@dataclass(frozen=True, slots=True)
class _Lines:
    """What a recorded count says, as far as lists and UNDO show it."""

    bin: str
    items: int
    units: int
    differing: int
    unknown: bool


class CountDesk(FloorDesk[CountState, Counted]):
    """See the module. Every method is called on the station's thread."""

    front = Front.COUNTING
    kind = EventKind.BIN_COUNTED
    work = WORK
    open_value = OPEN_COUNT

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        super().__init__(ledger, setup, CountState())

    def answer(self, arrival: Arrival, meaning: Meaning, *, more: bool) -> Step[CountState] | None:
        """The step for a scan."""
        state = self.state
        asked = Asked(number=hand(state) is not None, apart=state.phase in {Phase.SERIAL, Phase.LOT})
        if state.phase is Phase.RECOUNT and state.bin is not None:
            line = state.bin.line(state.bin.asked[0])
            asked = replace(asked, apart=line is not None and line.item.has_serial)
        found = self._lookup.resolve(arrival, meaning, asked)
        given: Input
        match found:
            case Place(raw=raw, place=place):
                given = FoundPlace(raw, place, self._parked(job_of(place.code)))
            case Document(code=code):
                given = Other(code, "INBND")
            case FoundItem():
                given = replace(found, same_pack=more)
            case _:
                if more:
                    return None
                given = found
        return advance(state, given, self._moment(given))

    def job_of(self, step: Step[Any] | None) -> str | None:
        """Under which name the open bin's draft is kept."""
        state: CountState = step.state if step else self.state
        return state.bin.job if state.bin else None

    def view(self, link: LinkFacts) -> BenchView:
        """The screen as it stands."""
        del link
        bin_ = self.state.bin
        texts = self._setup.texts
        if bin_ is not None:
            whole = is_whole(site_stock.asks_from(self._ledger))
            return draw(self.state, Shown(texts, moved(bin_, self._expected(bin_.code), whole=whole)))
        counts = self._newest()
        last = counts[0] if counts else None
        return draw(
            self.state,
            Shown(
                texts,
                recent=tuple(self._recent(entry) for entry in counts[:RECENT]),
                figures=self._figures(),
                held=self._held(),
                last=self._last(last, self._saved(last)) if last else None,
            ),
        )

    def _moment(self, given: Input) -> Moment:
        now = self._setup.clock.now()
        place = given.place.code if isinstance(given, FoundPlace) else None
        open_bin = self.state.bin.code if self.state.bin else place
        return Moment(
            here=here(self._ledger, self._setup),
            policy_ver=self._policy_version(),
            event_id=self._setup.ids.event_id(to_ms(now)),
            now=to_text(now),
            local=f"{now.astimezone(self._setup.zone):%H:%M:%S}",
            seen=site_stock.asks_from(self._ledger),
            expected=self._expected(open_bin) if open_bin else {},
            undoable=self._undoable,
        )

    def _policy_version(self) -> str:
        return catalogue.current_policy_version(self._ledger.connection) or self._setup.policy.version

    def _expected(self, code: str) -> dict[Key, Expected]:
        """The station's view of a bin: the goods of its own owner, by item and lot."""
        owner = here(self._ledger, self._setup).owner
        units: dict[Key, int] = {}
        serials: dict[Key, set[str]] = {}
        items: dict[str, Item] = {}
        for account, qty in site_stock.at(self._ledger.connection, code).items():
            if account.owner != owner:
                continue
            item = items.get(account.item) or catalogue.by_sku(self._ledger.connection, account.item)
            if item is None:
                continue
            items[account.item] = item
            key = (account.item, (account.lot or "") if item.has_lot else "")
            units[key] = units.get(key, 0) + qty
            if account.serial:
                serials.setdefault(key, set()).add(account.serial)
        return {
            key: Expected(items[key[0]], qty, frozenset(serials.get(key, ())))
            for key, qty in units.items()
            if qty
        }

    def _taken_up(self, document: Mapping[str, object]) -> CountState:
        return from_draft(document)

    def _told(self, entry: Recorded) -> Counted:
        told = _lines(entry)
        return Counted(entry.event.event_id, told.bin, told.items, told.units)

    def _recent(self, entry: Recorded) -> RecentJob:
        told, texts = _lines(entry), self._setup.texts
        outcome = texts.say("bin.list.agrees")
        marker = Marker.OK if entry.acknowledged else Marker.WAITS_TO_SEND
        if told.unknown:
            outcome = texts.say("bin.list.unknown")
        elif told.differing:
            code = "bin.list.differs_one" if told.differing == 1 else "bin.list.differs"
            outcome, marker = texts.say(code, n=told.differing), Marker.ATTENTION
        if entry.undone:
            outcome, marker = texts.say("bin.list.undone"), Marker.OPEN
        title = texts.say("bin.list.items", items=told.items, units=told.units)
        return RecentJob(
            marker,
            self._time(entry.wall, "%H:%M"),
            told.bin,
            title if told.units else texts.say("bin.list.empty"),
            "",
            outcome,
        )

    def _saved(self, entry: Recorded) -> str:
        told = _lines(entry)
        return self._setup.texts.say("bin.list.saved", bin=told.bin, units=told.units)

    def _figures(self) -> tuple[Figure, ...]:
        today = [_lines(entry) for entry in self._today(500)]
        say = self._setup.texts.say
        return (
            Figure(str(len(today)), say("bin.figure.bins_today")),
            Figure(str(sum(told.units for told in today)), say("bin.figure.units_today")),
            Figure(str(sum(bool(told.differing) for told in today)), say("bin.figure.differing")),
        )

    def _held(self) -> tuple[HeldJob, ...]:
        found = []
        for draft in desk.drafts(self._ledger.connection, WORK):
            bin_ = from_draft(draft.document).bin
            if bin_ is not None:
                units = self._setup.texts.say("bin.list.items", items=len(bin_.counted), units=bin_.units)
                at = self._time(draft.saved_wall, "%H:%M")
                found.append(HeldJob(bin_.code, f"{at}, {units}", bin_.code))
        return tuple(found)


def _lines(entry: Recorded) -> _Lines:
    f = Fields(entry.event.body, "a count")
    lines = [(line.whole("counted"), line.raw().get("expected")) for line in f.objects("lines")]
    return _Lines(
        bin=f.text("location"),
        items=sum(1 for counted, _ in lines if counted),
        units=sum(counted for counted, _ in lines),
        differing=sum(1 for counted, expected in lines if expected is not None and counted != expected),
        unknown=f.flag("compared", default=True) is False,
    )
