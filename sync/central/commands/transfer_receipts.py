"""What arrives of a transfer: a fact, whatever the transfer says; what does not fit opens an exception."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands.catalogue import require_items, require_location
from sync.central.commands.transfers import give_back
from sync.central.commands.transfers_asked import TransferCame, TransferReceipt
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.picking import Picker, Shelf
from sync.central.rules.transfer import BOOKED_OVER, BOOKED_SHORT, Milestone, TransferLine, may_follow
from sync.central.store import transfers
from sync.central.store.act import Act
from sync.central.store.exceptions import open_case
from sync.central.store.posting import record
from sync.central.store.tables import location
from sync.central.store.transfer_bookings import booked_over, booked_short
from sync.central.store.transfer_cases import elsewhere_case, restate, strange_case
from sync.central.store.transfer_early import derive, in_lane

_TO_LEAVE = (Milestone.DRAFTED, Milestone.APPROVED, Milestone.PICKED, Milestone.SHIPPED)


@dataclass(slots=True)
class _Arrival:
    """The units of one receipt, as they are taken out of the lane, or back from what was given up.

    `received`, `damaged`, `short` and `over` are by how much the lines' counters change.
    """

    row: Row[Any]
    lines: Sequence[TransferLine]
    shelves: Sequence[Shelf]
    given_up: Sequence[Shelf]
    moves: list[Move] = field(default_factory=list)
    received: Counter[int] = field(default_factory=Counter)
    damaged: Counter[int] = field(default_factory=Counter)
    short: Counter[int] = field(default_factory=Counter)
    over: Counter[int] = field(default_factory=Counter)
    strange: Counter[str] = field(default_factory=Counter)
    _in_lane: Picker = field(init=False)
    _lost: Picker = field(init=False)

    def __post_init__(self) -> None:
        self._in_lane = Picker.of(self.shelves)
        self._lost = Picker.of(self.given_up)

    def take(self, came: TransferCame, place: str) -> None:
        """Moves units out of the lane, then those given up, and what is neither from the count's end."""
        lines = self._lines(came)
        status = Status.DAMAGED if came.damaged else Status.SELLABLE
        if not lines:
            self._beyond(came.sku or "", came, place, status, came.qty)
            self.strange[came.sku or ""] += came.qty
            return
        rest = came
        for line in lines:
            rest = self._found(line, rest, place, status, lost=False)
        for line in lines:
            rest = self._found(line, rest, place, status, lost=True)
        self._spread(lines, rest, place, status)

    def _found(
        self, line: TransferLine, came: TransferCame, place: str, status: Status, *, lost: bool
    ) -> TransferCame:
        """Moves what there is of a line; what is left of the units that came."""
        lot = came.lot or line.lot or None
        picker, shelves = (self._lost, self.given_up) if lost else (self._in_lane, self.shelves)
        among = {shelf.number for shelf in shelves if lot in {None, shelf.lot}}
        picks = picker.take(line.sku, came.qty, came.serials, among) if came.qty else ()
        for pick in picks:
            here = pick.account
            there = Account(
                here.owner,
                here.item,
                place,
                status,
                lot=here.lot,
                serial=here.serial,
                label=here.label,
                grade=here.grade,
            )
            end = Account(here.owner, here.item, Virtual.COUNT, lot=here.lot, serial=here.serial)
            self.moves.append(
                Move(pick.qty, end, there, MoveKind.ADJUST, BOOKED_SHORT, self.row.code)
                if lost
                else Move(pick.qty, here, there, MoveKind.TRANSFER, document=self.row.code)
            )
        found = sum(pick.qty for pick in picks)
        (self.damaged if came.damaged else self.received)[line.line] += found
        if lost:
            self.short[line.line] -= found
        named = {pick.account.serial for pick in picks}
        rest = tuple(serial for serial in came.serials if serial not in named)
        return came.model_copy(update={"serials": rest, "qty": came.qty - found})

    def _lines(self, came: TransferCame) -> list[TransferLine]:
        """The line of the units; all lines of an item of which neither the line nor the lot is told.

        Another lot than the line's is on the line of that lot, if there is one.
        """
        named = next((line for line in self.lines if line.line == came.line), None)
        if named is None and came.line is not None:
            raise missing("transfer.line", str(came.line))
        sku = came.sku if named is None else named.sku
        mine = [line for line in self.lines if line.sku == sku]
        if came.lot is not None:
            exact = [line for line in mine if line.lot == came.lot]
            return [*exact, *([named] if named else mine)][:1]
        return [named] if named else mine

    def _spread(self, lines: Sequence[TransferLine], came: TransferCame, place: str, status: Status) -> None:
        """What is over is of the lines that are still to leave, as far as they go, and then of the first."""
        to_leave = self.row.state in _TO_LEAVE
        left, serials = came.qty, came.serials
        for line in lines:
            room = line.qty - line.shipped - line.over - self.over[line.line] if to_leave else 0
            qty = min(left, max(0, room)) if len(lines) > 1 else left
            lot = came.lot or line.lot or None
            part = {"serials": serials[:qty], "lot": lot, "qty": qty}
            self._over(line, came.model_copy(update=part), place, status)
            left, serials = left - qty, serials[qty:]
        # Of which of several lots these are nobody has said.
        rest = came.model_copy(update={"serials": serials, "qty": left})
        self._over(lines[0], rest, place, status)

    def _over(self, line: TransferLine, came: TransferCame, place: str, status: Status) -> None:
        if came.qty:
            self._beyond(line.sku, came, place, status, came.qty)
            self.over[line.line] += came.qty

    def _beyond(self, sku: str, came: TransferCame, place: str, status: Status, qty: int) -> None:
        units: list[tuple[int, str | None]] = [(1, serial) for serial in came.serials] or [(qty, None)]
        for units_of, serial in units:
            source = Account(self.row.owner, sku, Virtual.COUNT, lot=came.lot, serial=serial)
            target = Account(self.row.owner, sku, place, status, lot=came.lot, serial=serial)
            self.moves.append(Move(units_of, source, target, MoveKind.ADJUST, BOOKED_OVER, self.row.code))


def receive(act: Act, code: str, asked: TransferReceipt) -> dict[str, object]:
    """Takes units in, sound ones sellable at once; orders that waited for them are filled in the same act.

    What arrived is there, whatever milestone the transfer has reached: units that were given up are short no
    longer, others that are not on their way are over and come from the count's end.

    Raises:
        Missing: no such transfer or line.
        Refused: a location or item is unknown.
        Conflict: nothing is named and nothing is on its way.
    """
    row = transfers.find(act.conn, code)
    came = asked.lines or _all(act.conn, code)
    places = list(dict.fromkeys([asked.location, *(entry.location for entry in came if entry.location)]))
    for place in places:
        require_location(act.conn, place)
    require_items(act.conn, [entry.sku for entry in came if entry.sku is not None])
    lines = transfers.lines_of(act.conn, code)
    given_up = [Shelf.of(n, found.other, found.qty) for n, found in enumerate(booked_short(act.conn, row))]
    arrival = _Arrival(row, lines, in_lane(act.conn, row), given_up)
    for entry in came:
        arrival.take(entry, entry.location or asked.location)
    changed = {name: getattr(arrival, name) for name in ("received", "damaged", "short", "over")}
    told = transfers.event_lines(lines, **changed)
    body: dict[str, object] = {"transfer": code, "location": asked.location, "lines": told}
    if arrival.strange:
        body["strange"] = dict(arrival.strange)
    event = act.event(EventKind.TRANSFER_RECEIVED, (transfers.document_of(code),), tuple(arrival.moves), body)
    for column, units in changed.items():
        transfers.count(act.conn, code, column, units)
    goes_on = may_follow(row.state, Milestone.RECEIVED)
    if goes_on:
        transfers.reach(act, code, Milestone.RECEIVED, event.event_id)
    else:
        what = transfers.OVER if arrival.over or arrival.strange else transfers.LATE
        transfers.note(act, code, what, event.event_id)
    record(act, event)
    for made in derive(act, row):
        record(act, made)
    if goes_on:
        give_back(act, row)
    _note_unfit(act, arrival, places)
    transfers.publish(act.conn, code, event.event_id)
    return transfers.document(act.conn, code, act.posted_at)


def _all(conn: Connection, code: str) -> tuple[TransferCame, ...]:
    found = tuple(
        TransferCame(line=line.line, qty=line.on_the_way)
        for line in transfers.lines_of(conn, code)
        if line.on_the_way > 0
    )
    if not found:
        raise Conflict(
            "transfer.nothing",
            f"Read a receipt of transfer {code} that names no units.",
            "Expected units, or a transfer of which something is on its way.",
            "Name what arrived.",
        )
    return found


def _note_unfit(act: Act, arrival: _Arrival, places: Sequence[str]) -> None:
    row = arrival.row
    restate(act, row, short=+-arrival.short, over=+arrival.over, damaged=+arrival.damaged)
    total = Counter[str]()
    for found in booked_over(act.conn, row).booked:
        total[found.end.item] += found.qty
    cases = [strange_case(row, sku, total[sku]) for sku in arrival.strange]
    sites = {entry.code: entry.site for entry in act.conn.execute(_sites, {"codes": list(places)})}
    cases += [
        elsewhere_case(row, place, sites.get(place)) for place in places if sites.get(place) != row.target
    ]
    for case in cases:
        open_case(act.conn, case, act.posted_at)


_sites = select(location.c.code, location.c.site).where(
    location.c.code.in_(bindparam("codes", expanding=True))
)
