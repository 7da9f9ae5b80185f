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
from sync.central.rules.transfer import Milestone, TransferLine, may_follow
from sync.central.store import transfers
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, open_case
from sync.central.store.posting import record
from sync.central.store.tables import location

OVER = "transfer_over"
"""The reason of moves that book in what arrived and never left."""


@dataclass(slots=True)
class _Arrival:
    """The units of one receipt, as they are taken out of the lane."""

    row: Row[Any]
    lines: Sequence[TransferLine]
    shelves: Sequence[Shelf]
    moves: list[Move] = field(default_factory=list)
    sound: Counter[int] = field(default_factory=Counter)
    damaged: Counter[int] = field(default_factory=Counter)
    over: Counter[int] = field(default_factory=Counter)
    strange: Counter[str] = field(default_factory=Counter)
    _picker: Picker = field(init=False)

    def __post_init__(self) -> None:
        self._picker = Picker(self.shelves)

    def take(self, came: TransferCame, place: str) -> None:
        """Moves units out of the lane, and what is not in it from the count's end."""
        line = self._line(came)
        status = Status.DAMAGED if came.damaged else Status.SELLABLE
        if line is None:
            self._beyond(came.sku or "", came, place, status, came.qty)
            self.strange[came.sku or ""] += came.qty
            return
        lot = came.lot or line.lot or None
        among = {shelf.number for shelf in self.shelves if lot in {None, shelf.account.lot}}
        picks = self._picker.take(line.sku, came.qty, came.serials, among)
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
            self.moves.append(Move(pick.qty, here, there, MoveKind.TRANSFER, document=self.row.code))
        found = sum(pick.qty for pick in picks)
        (self.damaged if came.damaged else self.sound)[line.line] += found
        if found < came.qty:
            named = {pick.account.serial for pick in picks}
            rest = tuple(serial for serial in came.serials if serial not in named)
            self._beyond(
                line.sku,
                came.model_copy(update={"serials": rest, "lot": lot}),
                place,
                status,
                came.qty - found,
            )
            self.over[line.line] += came.qty - found

    def _line(self, came: TransferCame) -> TransferLine | None:
        """The line of the units; another lot than the line's is on the line of that lot, if there is one."""
        named = next((line for line in self.lines if line.line == came.line), None)
        if named is None and came.line is not None:
            raise missing("transfer.line", str(came.line))
        sku = came.sku if named is None else named.sku
        mine = [line for line in self.lines if line.sku == sku]
        exact = [line for line in mine if came.lot is not None and line.lot == came.lot]
        return next(iter(exact), named or next(iter(mine), None))

    def _beyond(self, sku: str, came: TransferCame, place: str, status: Status, qty: int) -> None:
        units: list[tuple[int, str | None]] = [(1, serial) for serial in came.serials] or [(qty, None)]
        for units_of, serial in units:
            source = Account(self.row.owner, sku, Virtual.COUNT, lot=came.lot, serial=serial)
            target = Account(self.row.owner, sku, place, status, lot=came.lot, serial=serial)
            self.moves.append(Move(units_of, source, target, MoveKind.ADJUST, OVER, self.row.code))


def receive(act: Act, code: str, asked: TransferReceipt) -> dict[str, object]:
    """Takes units in, sound ones sellable at once; orders that waited for them are filled in the same act.

    What arrived is there, whatever milestone the transfer has reached: units that are not on their way are
    over, and come from the count's end.

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
    arrival = _Arrival(row, lines, transfers.on_the_way(act.conn, row))
    for entry in came:
        arrival.take(entry, entry.location or asked.location)
    told = transfers.event_lines(lines, received=arrival.sound, damaged=arrival.damaged, over=arrival.over)
    body: dict[str, object] = {"transfer": code, "location": asked.location, "lines": told}
    if arrival.strange:
        body["strange"] = dict(arrival.strange)
    event = act.event(EventKind.TRANSFER_RECEIVED, (transfers.document_of(code),), tuple(arrival.moves), body)
    for column, units in (("received", arrival.sound), ("damaged", arrival.damaged), ("over", arrival.over)):
        transfers.count(act.conn, code, column, units)
    goes_on = may_follow(row.state, Milestone.RECEIVED)
    if goes_on:
        transfers.reach(act, code, Milestone.RECEIVED, event.event_id)
    else:
        transfers.note(act, code, transfers.OVER, event.event_id)
    record(act, event)
    if goes_on:
        give_back(act, row)
    _note_unfit(act, arrival, places)
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
    cases = [
        case
        for line in arrival.lines
        for case in (
            _over(row, line, arrival.over[line.line]),
            _damaged(row, line, arrival.damaged[line.line]),
        )
        if case.qty
    ]
    cases += [_strange(row, sku, units) for sku, units in arrival.strange.items()]
    sites = {entry.code: entry.site for entry in act.conn.execute(_sites, {"codes": list(places)})}
    cases += [_elsewhere(row, place, sites.get(place)) for place in places if sites.get(place) != row.target]
    for case in cases:
        open_case(act.conn, case, act.posted_at)


def _case(row: Row[Any], what: str, about: object, fix: str, units: tuple[str | None, int]) -> Case:
    subject = transfers.document_of(row.code)
    return Case(f"transfer.{what}:{row.code}:{about}", f"transfer.{what}", subject, "planner", fix, *units)


def _over(row: Row[Any], line: TransferLine, units: int) -> Case:
    fix = (
        f"{units} units of {line.sku} arrived at {row.target} that did not leave {row.source} with transfer "
        f"{row.code}; they are in stock. Count {line.sku} at {row.source}."
    )
    return _case(row, "over", line.line, fix, (line.sku, line.over + units if units else 0))


def _damaged(row: Row[Any], line: TransferLine, units: int) -> Case:
    fix = (
        f"{units} units of {line.sku} arrived damaged with transfer {row.code}. Claim them from the carrier, "
        "and decide what becomes of them."
    )
    return _case(row, "damaged", line.line, fix, (line.sku, line.damaged + units if units else 0))


def _strange(row: Row[Any], sku: str, units: int) -> Case:
    fix = (
        f"{units} units of {sku} arrived with transfer {row.code}, which has no line of {sku}; they are in "
        f"stock. Count {sku} at {row.source}."
    )
    return _case(row, "strange", sku, fix, (sku, units))


def _elsewhere(row: Row[Any], place: str, site: str | None) -> Case:
    fix = (
        f"Units of transfer {row.code} to {row.target} were put at {place}, which belongs to {site}. Find "
        "out where they are; if they are not there, a count of both places moves them."
    )
    return _case(row, "elsewhere", place, fix, (None, 0))


_sites = select(location.c.code, location.c.site).where(
    location.c.code.in_(bindparam("codes", expanding=True))
)
